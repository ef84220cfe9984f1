'use client';

import { useId } from 'react';
import type { FieldError, UseFormRegisterReturn } from 'react-hook-form';
import { Field } from '@/components/ui/field';
import { Note } from '@/components/ui/note';
import { Radio } from '@/components/ui/radio';
import { TextInput } from '@/components/ui/text-input';
import { sentence } from '@/lib/client/refusal';
import type { ProviderOption } from './provider-option';

/** Where a new secret's value comes from: it is typed, or its provider has it already. */
export type ValueSource = 'typed' | 'linked';

type ValueSourceChoiceProps = {
  provider: ProviderOption;
  /** Whoever links an entry gets its value, so only an admin does. */
  mayLink: boolean;
  source: ValueSource;
  onSource: (source: ValueSource) => void;
};

/** For providers with a backend of their own. One that takes no new values leaves no choice. */
export function ValueSourceChoice({ provider, mayLink, source, onSource }: ValueSourceChoiceProps) {
  const name = useId();
  if (!provider.canCreate) {
    return (
      <Note tone={mayLink ? 'info' : 'warn'}>
        <strong className="font-semibold break-words text-ink">{provider.name} stores no new values.</strong>{' '}
        {mayLink ? 'Make the entry in its backend, then link it here by its key.' : 'Ask an admin to link an entry that its backend has, or choose another provider.'}
      </Note>
    );
  }
  if (!mayLink) return null;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 font-semibold">Where the value is</legend>
      <Radio name={name} checked={source === 'typed'} onChange={() => onSource('typed')} label="A new value" help="You type it below, and it is stored there as a new entry." />
      <Radio name={name} checked={source === 'linked'} onChange={() => onSource('linked')} label="An entry that exists already" help="You name it by its key. It is left there when the secret is removed here." />
    </fieldset>
  );
}

type EntryKeyFieldProps = { field: UseFormRegisterReturn; error: FieldError | undefined; provider: string };

/** The key of an entry that a backend has. */
export function EntryKeyField({ field, error, provider }: EntryKeyFieldProps) {
  return (
    <Field
      label="Key of the entry"
      help={`What ${provider} calls it, such as a name, an id or a path below the provider’s own. It is looked for before the secret is created.`}
      error={sentence('The key', error?.message)}
    >
      {(control) => <TextInput {...control} {...field} mono autoComplete="off" />}
    </Field>
  );
}
