'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { formResolver } from '@/components/forms/form-resolver';
import { FormEnd } from '@/components/layout/form-page';
import { Button } from '@/components/ui/button';
import { ErrorSummary, type Refusal } from '@/components/ui/error-summary';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { TextInput } from '@/components/ui/text-input';
import { callApi } from '@/lib/client/api';
import { refusalOf, sentence, showFieldErrors } from '@/lib/client/refusal';
import { endpoints, paths } from '@/lib/paths';
import { algorithmNameSchema, note } from '@/lib/schemas/common';
import type { AlgorithmView } from '@/lib/schemas/algorithm';

const schema = z.object({ owner: z.string().min(1), name: algorithmNameSchema, label: note(256) });
type NewAlgorithmFields = z.infer<typeof schema>;

/** `owners`: the accounts for which the person may create algorithms, their own first. */
export function NewAlgorithmForm({ owners }: { owners: { name: string; kind: 'user' | 'organization' }[] }) {
  const router = useRouter();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [leaving, setLeaving] = useState(false);
  const { register, handleSubmit, formState, setError, watch } = useForm<NewAlgorithmFields>({
    resolver: formResolver(schema),
    mode: 'onTouched',
    defaultValues: { owner: owners[0]?.name ?? '', name: '', label: '' },
  });
  const [owner, name] = watch(['owner', 'name']);

  const submit = handleSubmit(async (fields) => {
    setRefusal(null);
    try {
      const made = await callApi<AlgorithmView>('POST', endpoints.algorithmsOf(fields.owner), {
        name: fields.name,
        details: { label: fields.label || fields.name },
        settings: {},
      });
      setLeaving(true);
      router.push(paths.algorithmSettings(fields.owner, made.name));
    } catch (error) {
      setRefusal(refusalOf(error, 'The algorithm was not created.'));
      showFieldErrors(error, setError, { name: 'name', 'details.label': 'label', label: 'label' });
    }
  });

  const { errors } = formState;
  return (
    <form method="post" onSubmit={submit} noValidate className="flex flex-col gap-5.5">
      <ErrorSummary refusal={refusal} />
      <Field label="Owner" help="Who owns it decides who sees and edits its secrets." className="tablet:max-w-110">
        {(control) => (
          <Select {...control} {...register('owner')}>
            {owners.map((account) => (
              <option key={account.name} value={account.name}>
                {account.kind === 'user' ? `${account.name} (you)` : account.name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field
        label="Name"
        help={
          <>
            Letters, digits and underscores. Programs start it as{' '}
            <span className="font-mono break-all">
              {owner}/{name.trim() || 'name'}
            </span>
            .
          </>
        }
        error={sentence('The name', errors.name?.message)}
      >
        {(control) => <TextInput {...control} {...register('name')} mono autoFocus autoComplete="off" />}
      </Field>
      <Field label="Label" optional help="A title for people, for example Fraud score." error={sentence('The label', errors.label?.message)}>
        {(control) => <TextInput {...control} {...register('label')} autoComplete="off" />}
      </Field>
      <FormEnd>
        <Button type="submit" kind="primary" busy={formState.isSubmitting || leaving ? 'Creating…' : null}>
          Create algorithm
        </Button>
      </FormEnd>
    </form>
  );
}
