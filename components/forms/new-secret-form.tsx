'use client';

import { useRouter } from 'next/navigation';
import { useState, type ChangeEvent } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { formResolver } from '@/components/forms/form-resolver';
import { DescriptionField, DisplayNameField, VariableNameField } from '@/components/forms/secret-fields';
import { FormColumns, FormEnd } from '@/components/layout/form-page';
import { ReadInCode } from '@/components/secrets/read-in-code';
import { ProviderChoice } from '@/components/secrets/provider-choice';
import type { ProviderOption } from '@/components/secrets/provider-option';
import { EntryKeyField, ValueSourceChoice, type ValueSource } from '@/components/secrets/value-source';
import { WhatHappens } from '@/components/secrets/what-happens';
import { Button } from '@/components/ui/button';
import { ErrorSummary, type Refusal } from '@/components/ui/error-summary';
import { SecretValueInput } from '@/components/ui/secret-value-input';
import { useToast } from '@/components/ui/toast';
import { ApiFailure, callApi } from '@/lib/client/api';
import { refusalOf, sentence, showFieldErrors } from '@/lib/client/refusal';
import { endpoints, paths } from '@/lib/paths';
import { label, note } from '@/lib/schemas/common';
import { providerKeySchema, secretKeyFault, secretKeySchema, secretValueSchema } from '@/lib/schemas/secret';

const entryKey = z.string().min(1, 'is empty. Type the key that the entry has there.').pipe(providerKeySchema);

const common = { provider_id: z.string(), short_name: label(128), description: note(1_024), secret_key: secretKeySchema };

/** Only what is sent is checked: the other field is not on the page. */
const schema = z.discriminatedUnion('source', [
  z.object({ ...common, source: z.literal('typed'), secret_value: secretValueSchema, provider_key: z.string() }),
  z.object({ ...common, source: z.literal('linked'), secret_value: z.string(), provider_key: entryKey }),
]);
type NewSecretFields = z.infer<typeof schema>;

type NewSecretFormProps = { algorithm: { id: string; owner: string; name: string }; providers: ProviderOption[]; mayLink: boolean };

/** The contract's CreateSecretNotSupported. */
const createNotSupported = 8003;

const sourceOf = (provider: ProviderOption | undefined): ValueSource => (provider?.canCreate === false ? 'linked' : 'typed');

export function NewSecretForm({ algorithm, providers, mayLink }: NewSecretFormProps) {
  const router = useRouter();
  const showToast = useToast();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [leaving, setLeaving] = useState(false);
  const { register, control, handleSubmit, formState, setError, clearErrors, setValue, watch } = useForm<NewSecretFields>({
    resolver: formResolver(schema),
    mode: 'onTouched',
    defaultValues: { provider_id: providers[0]?.id ?? '', short_name: '', description: '', secret_key: '', source: sourceOf(providers[0]), secret_value: '', provider_key: '' },
  });
  const [providerId, key, source] = watch(['provider_id', 'secret_key', 'source']);
  const provider = providers.find((candidate) => candidate.id === providerId);
  const isStuck = provider?.canCreate === false && !mayLink;
  const choose = (chosen: ValueSource) => {
    setValue('source', chosen);
    clearErrors(['secret_value', 'provider_key']);
  };

  const submit = handleSubmit(async ({ source: from, secret_value: value, provider_key: entry, ...fields }) => {
    setRefusal(null);
    const kept = from === 'typed' ? { secret_value: value } : { provider_key: entry };
    try {
      await callApi('POST', endpoints.secrets(algorithm.id), { owner_type: 'algorithm', owner_id: algorithm.id, ...fields, ...kept });
      setLeaving(true);
      showToast({ message: <>Created <strong className="font-semibold">{fields.short_name}</strong></> });
      router.push(paths.algorithmSettings(algorithm.owner, algorithm.name));
      router.refresh();
    } catch (error) {
      setRefusal(refusalOf(error, 'The secret was not created.'));
      showFieldErrors(error, setError, {
        provider_id: 'provider_id',
        short_name: 'short_name',
        description: 'description',
        secret_key: 'secret_key',
        secret_value: 'secret_value',
        provider_key: 'provider_key',
      });
      // It is known only now that this provider takes no new values.
      if (mayLink && error instanceof ApiFailure && error.code === createNotSupported) choose('linked');
    }
  });

  const { errors } = formState;
  return (
    <FormColumns
      aside={
        <>
          <WhatHappens algorithm={algorithm.name} provider={provider} source={source} />
          <hr className="border-line" />
          <ReadInCode title="In your algorithm" name={secretKeyFault(key) ? 'MY_SECRET' : key} short />
        </>
      }
    >
      <form method="post" onSubmit={submit} noValidate className="flex flex-col gap-5.5">
        <ErrorSummary refusal={refusal} />
        <ProviderChoice field={register('provider_id', { onChange: (event: ChangeEvent<HTMLSelectElement>) => choose(sourceOf(providers.find(({ id }) => id === event.target.value))) })} chosen={provider} providers={providers} error={errors.provider_id?.message} />
        <DisplayNameField field={register('short_name')} error={errors.short_name} autoFocus />
        <DescriptionField field={register('description')} error={errors.description} />
        <VariableNameField
          field={register('secret_key')}
          error={errors.secret_key}
          typed={key}
          onFix={(fixed) => setValue('secret_key', fixed, { shouldValidate: true, shouldDirty: true })}
        />
        {provider && !provider.isInternal ? <ValueSourceChoice provider={provider} mayLink={mayLink} source={source} onSource={choose} /> : null}
        {isStuck ? null : source === 'linked' ? (
          <EntryKeyField field={register('provider_key')} error={errors.provider_key} provider={provider?.name ?? 'the backend'} />
        ) : (
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
              />
            )}
          />
        )}
        <FormEnd>
          <Button type="submit" kind="primary" unavailable={isStuck} busy={formState.isSubmitting || leaving ? 'Creating…' : null}>
            Create Secret
          </Button>
          {source === 'typed' ? <span className="min-w-0 text-small text-ink-2">The value is not shown again.</span> : null}
        </FormEnd>
      </form>
    </FormColumns>
  );
}
