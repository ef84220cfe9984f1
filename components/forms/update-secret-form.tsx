'use client';

import { Undo2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { formResolver } from '@/components/forms/form-resolver';
import { DescriptionField, DisplayNameField } from '@/components/forms/secret-fields';
import { FormEnd } from '@/components/layout/form-page';
import type { Kept } from '@/components/secrets/kept';
import { RemoveFromBackend } from '@/components/secrets/remove-from-backend';
import { useSecretRemoval } from '@/components/secrets/use-secret-removal';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { ErrorSummary, type Refusal } from '@/components/ui/error-summary';
import { Field } from '@/components/ui/field';
import { LockedValue } from '@/components/ui/locked-value';
import { Note } from '@/components/ui/note';
import { SealedField } from '@/components/ui/seal';
import { SecretValueInput } from '@/components/ui/secret-value-input';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { refusalOf, sentence, showFieldErrors } from '@/lib/client/refusal';
import { endpoints, paths } from '@/lib/paths';
import { label, note } from '@/lib/schemas/common';
import { secretRequestSchema } from '@/lib/schemas/secret';

const schema = z.object({
  short_name: label(128),
  description: note(1_024),
  // Blank keeps what is stored.
  secret_value: z.union([z.literal(''), secretRequestSchema.shape.secret_value]),
});
type UpdateSecretFields = z.infer<typeof schema>;

type UpdateSecretFormProps = {
  algorithm: { id: string; owner: string; name: string };
  secret: {
    id: string;
    name: string;
    key: string;
    description: string;
    provider: string;
    providerEnabled: boolean;
    kept: Kept;
    /** Whether its provider takes a new value for it. */
    takesValues: boolean;
  };
};

export function UpdateSecretForm({ algorithm, secret }: UpdateSecretFormProps) {
  const router = useRouter();
  const showToast = useToast();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [replacing, setReplacing] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [asking, setAsking] = useState(false);
  const { register, control, handleSubmit, formState, setError, setValue } = useForm<UpdateSecretFields>({
    resolver: formResolver(schema),
    mode: 'onTouched',
    defaultValues: { short_name: secret.name, description: secret.description, secret_value: '' },
  });
  const back = () => {
    setLeaving(true);
    router.push(paths.algorithmSettings(algorithm.owner, algorithm.name));
    router.refresh();
  };
  const { remove, removing, fault } = useSecretRemoval(algorithm.id, back);

  const submit = handleSubmit(async ({ secret_value, ...fields }) => {
    setRefusal(null);
    try {
      await callApi('PUT', endpoints.secret(algorithm.id, secret.id), secret_value === '' ? fields : { ...fields, secret_value });
      showToast({ message: <>Updated <strong className="font-semibold">{fields.short_name}</strong></> });
      back();
    } catch (error) {
      setRefusal(refusalOf(error, 'The secret was not updated.'));
      showFieldErrors(error, setError, { short_name: 'short_name', description: 'description', secret_value: 'secret_value' });
    }
  });

  const keep = () => {
    setValue('secret_value', '', { shouldValidate: true });
    setReplacing(false);
  };

  const { errors } = formState;
  return (
    <>
      <form method="post" onSubmit={submit} noValidate className="flex flex-col gap-5.5">
        <ErrorSummary refusal={refusal ?? (fault ? { title: 'The secret was not removed.', message: fault.message } : null)} />
        {secret.providerEnabled ? null : (
          <Note tone="warn">
            <strong className="font-semibold break-words text-ink">{secret.provider} is disabled.</strong> Changes are refused until an admin enables it. What is stored goes on reaching the algorithm.
          </Note>
        )}
        <Field label="Secret provider" className="tablet:max-w-110">
          {(fieldControl) => <LockedValue {...fieldControl} value={secret.provider} />}
        </Field>
        <DisplayNameField field={register('short_name')} error={errors.short_name} />
        <DescriptionField field={register('description')} error={errors.description} />
        <Field label="Environment variable name" help="The key cannot be changed once set.">
          {(fieldControl) => (
            <LockedValue {...fieldControl} value={secret.key} mono>
              <CopyButton text={secret.key} what={secret.key} />
            </LockedValue>
          )}
        </Field>
        {replacing ? (
          <div className="flex flex-col gap-2">
            <Controller
              control={control}
              name="secret_value"
              render={({ field, fieldState }) => (
                <SecretValueInput
                  label="Value"
                  name={field.name}
                  value={field.value}
                  onChange={field.onChange}
                  onBlur={field.onBlur}
                  error={sentence('The value', fieldState.error?.message)}
                  help="Leave blank to keep the stored value. A new value reaches running workers within one second."
                  autoFocus
                />
              )}
            />
            <Button kind="quiet" size="small" onClick={keep} className="self-start">
              <Undo2 aria-hidden="true" size={15} strokeWidth={1.75} />
              Keep the stored value
            </Button>
          </div>
        ) : (
          <div role="group" aria-labelledby="stored-value" className="flex flex-col gap-1.5">
            <span id="stored-value" className="font-semibold">
              Value
            </span>
            <div className="flex flex-col gap-2 tablet:flex-row">
              <SealedField label={secret.takesValues ? undefined : 'Set.'} />
              {secret.takesValues ? <Button onClick={() => setReplacing(true)}>Replace value</Button> : null}
            </div>
            <p className="text-small [overflow-wrap:anywhere] text-ink-2">{storedHelp(secret)}</p>
          </div>
        )}
        <FormEnd>
          <Button type="submit" kind="primary" busy={formState.isSubmitting || (leaving && !removing) ? 'Updating…' : null}>
            Update Secret
          </Button>
          <Button kind="danger" className="ml-auto" busy={removing ? 'Removing…' : null} onClick={() => (secret.kept === 'here' ? void remove(secret) : setAsking(true))}>
            Remove
          </Button>
        </FormEnd>
      </form>
      <RemoveFromBackend algorithmId={algorithm.id} secret={asking ? secret : null} onClose={() => setAsking(false)} onGone={back} />
    </>
  );
}

/** What can be done with the stored value. */
function storedHelp({ kept, provider, takesValues }: UpdateSecretFormProps['secret']): string {
  const unread = 'Nobody can read the value here, admins included.';
  if (!takesValues) return `${unread} ${provider} changes no values: change it in its backend, and workers take it over within half a minute.`;
  const soon = 'A new value reaches running workers within one second.';
  if (kept === 'here') return `${unread} ${soon}`;
  return kept === 'linked' ? `${unread} A new value replaces the one of the linked entry in ${provider}, for all that read it there.` : `${unread} A new value is stored in ${provider}. ${soon}`;
}
