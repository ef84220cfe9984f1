'use client';

import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { formResolver } from '@/components/forms/form-resolver';
import { Button } from '@/components/ui/button';
import { ErrorSummary, type Refusal } from '@/components/ui/error-summary';
import { Field } from '@/components/ui/field';
import { Radio } from '@/components/ui/radio';
import { TextInput } from '@/components/ui/text-input';
import { callApi } from '@/lib/client/api';
import { refusalOf, sentence, showFieldErrors } from '@/lib/client/refusal';
import { endpoints } from '@/lib/paths';
import { apiKeyKindSchema, type ApiKeyView } from '@/lib/schemas/api-key';
import { label } from '@/lib/schemas/common';

const schema = z.object({ key_label: label(128), key_type: apiKeyKindSchema });
type NewApiKeyFields = z.infer<typeof schema>;

type NewApiKeyFormProps = { username: string; mayAdmin: boolean; onMade: (key: ApiKeyView) => void; onCancel: () => void };

export function NewApiKeyForm({ username, mayAdmin, onMade, onCancel }: NewApiKeyFormProps) {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const { register, handleSubmit, formState, setError } = useForm<NewApiKeyFields>({
    resolver: formResolver(schema),
    mode: 'onTouched',
    defaultValues: { key_label: '', key_type: 'AlgorithmKey' },
  });

  const submit = handleSubmit(async (fields) => {
    setRefusal(null);
    try {
      onMade(await callApi<ApiKeyView>('POST', endpoints.keysOf(username), fields));
    } catch (error) {
      setRefusal(refusalOf(error, 'The key was not made.'));
      showFieldErrors(error, setError, { key_label: 'key_label', key_type: 'key_type' });
    }
  });

  const { errors } = formState;
  return (
    <form method="post" onSubmit={submit} noValidate className="flex flex-col gap-5.5">
      <ErrorSummary refusal={refusal} />
      <Field label="Label" help="What will use it, for example Nightly deploy." error={sentence('The label', errors.key_label?.message)}>
        {(control) => <TextInput {...control} {...register('key_label')} autoFocus autoComplete="off" />}
      </Field>
      {mayAdmin ? (
        <fieldset className="flex flex-col gap-2.5">
          <legend className="mb-2 font-semibold">Kind</legend>
          <Radio {...register('key_type')} value="AlgorithmKey" label="AlgorithmKey" help={`Acts as ${username}, for algorithms and their secrets.`} />
          <Radio {...register('key_type')} value="PlatformAdminKey" label="PlatformAdminKey" help="Manages the cluster too: providers, users, organizations." />
        </fieldset>
      ) : null}
      <div className="flex flex-col-reverse justify-end gap-2 tablet:flex-row">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" kind="primary" busy={formState.isSubmitting ? 'Creating…' : null}>
          Create key
        </Button>
      </div>
    </form>
  );
}
