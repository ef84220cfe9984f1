'use client';

import { CirclePlay } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import { useForm, type FieldErrors, type Path } from 'react-hook-form';
import { formResolver } from '@/components/forms/form-resolver';
import { fieldsOf, providerFormSchema, requestOf, type ProviderFields } from '@/components/forms/provider-fields';
import { settingNames } from '@/components/forms/settings-fields';
import { FormEnd } from '@/components/layout/form-page';
import { FormSection } from '@/components/layout/form-section';
import { FactoryField } from '@/components/providers/factory-field';
import type { ShownModule } from '@/components/providers/module-card';
import { ModuleField } from '@/components/providers/module-field';
import { PairsField } from '@/components/providers/pairs-field';
import { SettingsSection } from '@/components/providers/settings-section';
import { TestResult } from '@/components/providers/test-result';
import { useModuleUpload } from '@/components/providers/use-module-upload';
import { useProviderTest } from '@/components/providers/use-provider-test';
import { UseSection } from '@/components/providers/use-section';
import { Button } from '@/components/ui/button';
import { ErrorSummary, type Refusal } from '@/components/ui/error-summary';
import { Field } from '@/components/ui/field';
import { TextInput } from '@/components/ui/text-input';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { refusalOf, sentence, showFieldErrors } from '@/lib/client/refusal';
import { endpoints, paths } from '@/lib/paths';
import type { ServerSettings } from '@/lib/providers/server-settings';
import type { ProviderView } from '@/lib/schemas/provider';

type ProviderFormProps = {
  /** The provider to be changed; none is a new one. */
  provider?: ProviderView;
  /** What it runs now. */
  module?: ShownModule | undefined;
  /** Which provider is the default now; empty while none is. */
  defaultName: string;
  /** What its process has where it sets nothing. */
  server: ServerSettings;
};

/** The API's names of fields, and the form's. */
const names: Record<string, Path<ProviderFields>> = {
  name: 'name', description: 'description', interfaceVersion: 'interfaceVersion', factoryClassName: 'factoryClassName', isDefault: 'isDefault',
  ...Object.fromEntries(settingNames.map((name) => [`settings.${name}`, `settings.${name}` as const])),
};

/** A provider's record and its module: both are saved by one button, the record first. */
export function ProviderForm({ provider, module, defaultName, server }: ProviderFormProps) {
  const router = useRouter();
  const showToast = useToast();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [leaving, setLeaving] = useState(false);
  // From then on it is said live that the module has no such factory.
  const [hasTried, setHasTried] = useState(false);
  // A record that was added while its module was refused: the next try changes it, and adds no second one.
  const [added, setAdded] = useState<ProviderView | undefined>();
  const saved = provider ?? added;
  const [advanced, setAdvanced] = useState(Object.keys(provider?.settings ?? {}).length > 0);
  // Open before the form looks for its first error: what is hidden cannot take the focus.
  const openFaulty = (errors: FieldErrors<ProviderFields>) => {
    if (errors.settings) flushSync(() => setAdvanced(true));
  };
  const { register, control, handleSubmit, formState, setError, setValue, setFocus, getValues, watch } = useForm<ProviderFields>({
    resolver: formResolver(providerFormSchema),
    mode: 'onTouched',
    defaultValues: fieldsOf(provider),
  });
  const chosenClass = (className: string) => setValue('factoryClassName', className, { shouldValidate: true, shouldDirty: true });
  const { upload, choose, clear, settled } = useModuleUpload<ShownModule>(endpoints.looseModule(), ({ candidates }) => {
    const usable = candidates.filter((candidate) => candidate.usable);
    if (getValues('factoryClassName').trim() === '' && usable.length === 1 && usable[0]) chosenClass(usable[0].className);
  });
  const test = useProviderTest();
  const factory = watch('factoryClassName').trim();
  const shown = upload.phase === 'done' ? upload.answer : module;
  const candidates = shown?.candidates ?? [];

  const submit = handleSubmit(async (fields) => {
    setRefusal(null);
    const chosen = await settled();
    if (chosen.phase === 'refused') {
      setRefusal({ title: provider ? 'The provider was not updated.' : 'The provider was not added.', message: `${chosen.fileName} was refused: choose another file, or go on without it.` });
      return;
    }
    const fresh = chosen.phase === 'done' ? chosen.answer : undefined;
    if (unfitFactory(fresh ?? module, fields.factoryClassName)) {
      setHasTried(true);
      setFocus('factoryClassName');
      return;
    }
    let record: ProviderView;
    try {
      const body = requestOf(fields, fresh?.fileName ?? saved?.moduleName ?? '');
      record = await callApi<ProviderView>('POST', saved ? endpoints.provider(saved.id) : endpoints.providers(), body);
    } catch (error) {
      setRefusal(refusalOf(error, provider ? 'The provider was not updated.' : 'The provider was not added.'));
      showFieldErrors(error, setError, names);
      return;
    }
    if (!provider) setAdded(record);
    try {
      // The same bytes under another name are the same module: the name is this file's from now on.
      const isOther = fresh && (fresh.sha256 !== record.moduleSha256 || fresh.fileName !== record.moduleName);
      if (isOther) await callApi('POST', endpoints.chooseModule(record.id), { sha256: fresh.sha256, fileName: fresh.fileName });
    } catch (error) {
      const said = refusalOf(error, provider?.moduleSha256 ? 'The fields were saved, and the module before stays.' : 'The provider was saved without its module.');
      setRefusal({ ...said, advice: 'What you typed is still here. Choose the file again, or another one, and save once more.' });
      showFieldErrors(error, setError, names);
      router.refresh();
      return;
    }
    setLeaving(true);
    const isWaiting = !fresh && record.moduleSha256 === '';
    const strong = <strong className="font-semibold break-all">{record.name}</strong>;
    showToast({ message: provider ? <>Updated {strong}</> : <>Added {strong}{isWaiting ? '. It waits for its module' : null}</> });
    router.push(paths.secretStore());
    router.refresh();
  }, openFaulty);

  const tryIt = handleSubmit(async (fields) => {
    const chosen = await settled();
    const fresh = chosen.phase === 'done' ? chosen.answer : undefined;
    const { moduleName, ...request } = requestOf(fields, '');
    try {
      await test.start({ ...request, moduleName, ...(fresh && { moduleSha256: fresh.sha256 }), ...(saved && { providerId: saved.id }) });
    } catch (error) {
      showFieldErrors(error, setError, names);
    }
  }, openFaulty);

  const { errors } = formState;
  const busy = formState.isSubmitting && !test.state?.isRunning;
  return (
    <form method="post" onSubmit={submit} noValidate className="mt-4 flex flex-col">
      <div className="max-w-245 empty:hidden">
        <ErrorSummary refusal={refusal} />
      </div>
      <FormSection title="Provider" help="Developers see the name and description when they choose where a secret lives. Make them tell your providers apart.">
        <Field label="Name" error={sentence('The name', errors.name?.message)}>
          {(field) => <TextInput {...field} {...register('name')} autoComplete="off" autoFocus={!provider} />}
        </Field>
        <Field label="Description" optional error={sentence('The description', errors.description?.message)}>
          {(field) => <TextInput {...field} {...register('description')} autoComplete="off" />}
        </Field>
        <Field label="Interface Version" help="The plugin SDK’s interface. Leave it unless your plugin says otherwise." error={sentence('The version', errors.interfaceVersion?.message)}>
          {(field) => <TextInput {...field} {...register('interfaceVersion')} autoComplete="off" className="tablet:max-w-34" />}
        </Field>
      </FormSection>
      <FormSection title="Module" help="A JAR built against the plugin SDK 1.x. It is inspected without being run, stored under its hash, and the hash is checked at every load.">
        <ModuleField
          upload={upload}
          current={module}
          onFile={(file) => {
            // What was tested was another module.
            test.stop();
            choose(file);
          }}
          onClear={() => {
            test.stop();
            clear();
          }}
        />
        <FactoryField field={register('factoryClassName')} error={sentence('The classname', errors.factoryClassName?.message) ?? (hasTried ? unfitFactory(shown, factory) : undefined)} typed={factory} candidates={candidates} onChoose={chosenClass} />
      </FormSection>
      <FormSection
        title="Key value pairs"
        help={
          <p>
            Handed to <code className="font-mono [overflow-wrap:anywhere]">SecretProviderFactory.create</code>. Values are encrypted before they are stored and are never shown again.
          </p>
        }
      >
        <PairsField control={control} suggested={candidates.find(({ className }) => className === factory)?.configurationKeys ?? []} />
      </FormSection>
      <UseSection control={control} register={register} saved={saved} defaultName={defaultName} />
      <SettingsSection control={control} register={register} server={server} open={advanced} onOpen={setAdvanced} />
      {test.state ? (
        <FormSection title="Test" help="The plugin is started, and a throwaway entry is stored, changed and deleted, as far as it allows.">
          <TestResult state={test.state} onStop={test.stop} />
        </FormSection>
      ) : null}
      <FormEnd>
        <div className="flex min-w-0 flex-wrap items-center gap-3">
          <Button type="submit" kind="primary" busy={busy || leaving ? (provider ? 'Saving…' : 'Adding…') : null}>
            {provider ? 'Save changes' : 'Add Secret Provider'}
          </Button>
          <Button onClick={() => void tryIt()} unavailable={!shown} busy={test.state?.isRunning ? 'Testing…' : null} aria-describedby={shown ? undefined : 'test-needs'}>
            <CirclePlay aria-hidden="true" size={16} strokeWidth={1.75} />
            Test provider
          </Button>
          {shown && provider ? null : (
            <span id="test-needs" className="min-w-0 text-small text-ink-2">
              {shown ? 'The provider is there once you add it.' : 'A test needs a module.'}
            </span>
          )}
        </div>
      </FormEnd>
    </form>
  );
}

/** Why a module cannot be used with this factory: said before anything is saved, where it can be mended. */
function unfitFactory(module: ShownModule | undefined, className: string): string | undefined {
  const candidate = module?.candidates.find((each) => each.className === className);
  if (!module || candidate?.usable) return undefined;
  const others = module.candidates.filter((each) => each.usable).map((each) => each.className);
  const cure = others.length > 0 ? `It has ${others.join(', ')}.` : 'It has no class that can be used as one.';
  return candidate ? `${className} can’t be used: ${candidate.reason ?? 'it is no factory'}. ${cure}` : `${module.fileName} has no factory of this name. ${cure}`;
}
