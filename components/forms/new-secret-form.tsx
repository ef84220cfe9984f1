'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { formResolver } from '@/components/forms/form-resolver';
import { DescriptionField, DisplayNameField, VariableNameField } from '@/components/forms/secret-fields';
import { FormColumns, FormEnd } from '@/components/layout/form-page';
import { ReadInCode } from '@/components/secrets/read-in-code';
import { ProviderChoice } from '@/components/secrets/provider-choice';
import type { ProviderOption } from '@/components/secrets/provider-option';
import { WhatHappens } from '@/components/secrets/what-happens';
import { Button } from '@/components/ui/button';
import { ErrorSummary, type Refusal } from '@/components/ui/error-summary';
import { SecretValueInput } from '@/components/ui/secret-value-input';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { refusalOf, sentence, showFieldErrors } from '@/lib/client/refusal';
import { endpoints, paths } from '@/lib/paths';
import { label, note } from '@/lib/schemas/common';
import { secretKeyFault, secretRequestSchema } from '@/lib/schemas/secret';

const schema = z.object({
  provider_id: z.string(),
  short_name: label(128),
  description: note(1_024),
  secret_key: secretRequestSchema.shape.secret_key,
  secret_value: secretRequestSchema.shape.secret_value,
});
type NewSecretFields = z.infer<typeof schema>;

type NewSecretFormProps = { algorithm: { id: string; owner: string; name: string }; providers: ProviderOption[] };

export function NewSecretForm({ algorithm, providers }: NewSecretFormProps) {
  const router = useRouter();
  const showToast = useToast();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [leaving, setLeaving] = useState(false);
  const { register, control, handleSubmit, formState, setError, setValue, watch } = useForm<NewSecretFields>({
    resolver: formResolver(schema),
    mode: 'onTouched',
    defaultValues: { provider_id: providers[0]?.id ?? '', short_name: '', description: '', secret_key: '', secret_value: '' },
  });
  const [providerId, key] = watch(['provider_id', 'secret_key']);
  const provider = providers.find((candidate) => candidate.id === providerId);

  const submit = handleSubmit(async (fields) => {
    setRefusal(null);
    try {
      await callApi('POST', endpoints.secrets(algorithm.id), { owner_type: 'algorithm', owner_id: algorithm.id, ...fields });
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
      });
    }
  });

  const { errors } = formState;
  return (
    <FormColumns
      aside={
        <>
          <WhatHappens algorithm={algorithm.name} provider={provider} />
          <hr className="border-line" />
          <ReadInCode title="In your algorithm" name={secretKeyFault(key) ? 'MY_SECRET' : key} short />
        </>
      }
    >
      <form method="post" onSubmit={submit} noValidate className="flex flex-col gap-5.5">
        <ErrorSummary refusal={refusal} />
        <ProviderChoice field={register('provider_id')} chosen={provider} providers={providers} error={errors.provider_id?.message} />
        <DisplayNameField field={register('short_name')} error={errors.short_name} autoFocus />
        <DescriptionField field={register('description')} error={errors.description} />
        <VariableNameField
          field={register('secret_key')}
          error={errors.secret_key}
          typed={key}
          onFix={(fixed) => setValue('secret_key', fixed, { shouldValidate: true, shouldDirty: true })}
        />
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
        <FormEnd>
          <Button type="submit" kind="primary" busy={formState.isSubmitting || leaving ? 'Creating…' : null}>
            Create Secret
          </Button>
          <span className="min-w-0 text-small text-ink-2">The value is not shown again.</span>
        </FormEnd>
      </form>
    </FormColumns>
  );
}
