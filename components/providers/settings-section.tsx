'use client';

import { useEffect } from 'react';
import { useFormState, useWatch, type Control, type UseFormRegister } from 'react-hook-form';
import type { ProviderFields } from '@/components/forms/provider-fields';
import { settingNames, type SettingName } from '@/components/forms/settings-fields';
import { FormSection } from '@/components/layout/form-section';
import { Disclosure } from '@/components/ui/disclosure';
import { Field } from '@/components/ui/field';
import { TextArea } from '@/components/ui/text-area';
import { TextInput } from '@/components/ui/text-input';
import { sentence } from '@/lib/client/refusal';
import type { ServerSettings } from '@/lib/providers/server-settings';
import { counted } from '@/lib/words';

interface Shown {
  name: SettingName;
  label: string;
  /** How an error names it. */
  subject: string;
  help: (server: ServerSettings) => string;
  /** A short number, a line, or several. */
  kind: 'number' | 'line' | 'lines';
  example?: string;
}

type Numbers = Pick<ServerSettings, 'heapMb' | 'callTimeoutSeconds' | 'connectTimeoutSeconds' | 'readTimeoutSeconds'>;

const entries = (list: string[] | undefined) => (list && list.length > 0 ? ` Blank: ${list.join(', ')}.` : '');

/** In the order in which trouble calls for them. */
const shownSettings: readonly Shown[] = [
  { name: 'heapMb', label: 'Largest heap, in MiB', subject: 'The heap', kind: 'number', help: ({ heapMb }) => `More for plugins that say OutOfMemoryError. Blank: ${heapMb} MiB.` },
  { name: 'callTimeoutSeconds', label: 'Longest call, in seconds', subject: 'The time', kind: 'number', help: ({ callTimeoutSeconds }) => `A call that takes longer fails, and the plugin’s process is ended and started anew. Blank: ${callTimeoutSeconds} seconds.` },
  { name: 'connectTimeoutSeconds', label: 'Time to connect, in seconds', subject: 'The time', kind: 'number', help: ({ connectTimeoutSeconds }) => `For each connection to the backend, where the plugin sets none. Blank: ${connectTimeoutSeconds} seconds.` },
  { name: 'readTimeoutSeconds', label: 'Time to answer, in seconds', subject: 'The time', kind: 'number', help: ({ readTimeoutSeconds }) => `How long a connection may stay silent, where the plugin sets nothing. Blank: ${readTimeoutSeconds} seconds.` },
  { name: 'httpsProxy', label: 'Proxy', subject: 'The proxy', kind: 'line', example: 'proxy.example.com:3128', help: ({ httpsProxy }) => `HOST:PORT, for HTTP and HTTPS.${httpsProxy ? ` Blank: ${httpsProxy}.` : ' Blank: none.'}` },
  { name: 'proxyExceptions', label: 'Reached without the proxy', subject: 'The list', kind: 'lines', example: '*.internal.example.com', help: ({ proxyExceptions }) => `Names of hosts, one a line. An asterisk at either end stands for anything.${entries(proxyExceptions)}` },
  { name: 'extraCaPem', label: 'Extra certificate authority', subject: 'The text', kind: 'lines', example: '-----BEGIN CERTIFICATE-----', help: ({ hasExtraCa }) => `Certificates in PEM, trusted besides those that Java brings.${hasExtraCa ? ' Blank: the one that this server has by its environment.' : ''}` },
  { name: 'azureAuthorityHost', label: 'Azure authority', subject: 'The address', kind: 'line', example: 'https://login.microsoftonline.us/', help: ({ azureAuthorityHost }) => `Where Azure’s libraries sign in, for a sovereign cloud.${azureAuthorityHost ? ` Blank: ${azureAuthorityHost}` : ' Blank: the public cloud.'}` },
  { name: 'jvmOptions', label: 'JVM options', subject: 'The list', kind: 'lines', example: '-Dhttps.protocols=TLSv1.3', help: ({ jvmOptions }) => `One a line, of those that are allowed: -Dname=value, -Xss, -Xms, sizes of memory, the collector, --add-opens.${entries(jvmOptions)}` },
  { name: 'readablePaths', label: 'Files it may read', subject: 'The list', kind: 'lines', example: '/etc/vault/ca', help: ({ readablePaths }) => `Absolute paths of files and folders, one a line; on the workers too. It sees nothing else of the machine where it is contained.${entries(readablePaths)}` },
  { name: 'writablePaths', label: 'Files it may change', subject: 'The list', kind: 'lines', example: '/var/lib/plugin', help: ({ writablePaths }) => `Absolute paths, one a line. A path of another user than root makes that user the plugin’s.${entries(writablePaths)}` },
];

type SettingsSectionProps = {
  control: Control<ProviderFields>;
  register: UseFormRegister<ProviderFields>;
  server: ServerSettings;
  open: boolean;
  onOpen: (open: boolean) => void;
};

/** What an operator sets of the plugin's process: closed until something of it is set, or wrong. */
export function SettingsSection({ control, register, server, open, onOpen }: SettingsSectionProps) {
  const { errors } = useFormState({ control });
  const typed = useWatch({ control, name: 'settings' });
  const set = settingNames.filter((name) => typed[name].trim() !== '').length;
  const isFaulty = errors.settings !== undefined;
  useEffect(() => {
    if (isFaulty) onOpen(true);
  }, [isFaulty, onOpen]);
  return (
    <FormSection title="Advanced" help="Of the process that the plugin runs in. A new value takes effect with a new process: calls that are under way finish in the one before.">
      <Disclosure title="Operator settings" fact={set > 0 ? `${counted(set, 'setting')} set` : 'none set'} open={open} onOpen={onOpen}>
        {shownSettings.map(({ name, label, subject, help, kind, example }) => (
          <Field key={name} label={label} help={help(server)} error={sentence(subject, errors.settings?.[name]?.message)}>
            {(field) =>
              kind === 'lines' ? (
                <TextArea {...field} {...register(`settings.${name}`)} placeholder={example} rows={name === 'extraCaPem' ? 4 : 2} />
              ) : (
                <TextInput
                  {...field}
                  {...register(`settings.${name}`)}
                  {...(kind === 'number' ? { inputMode: 'numeric', className: 'tablet:max-w-34', placeholder: String(server[name as keyof Numbers]) } : { mono: true, placeholder: example })}
                  autoComplete="off"
                />
              )
            }
          </Field>
        ))}
      </Disclosure>
    </FormSection>
  );
}
