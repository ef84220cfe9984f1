'use client';

import type { FieldError, UseFormRegisterReturn } from 'react-hook-form';
import { Field } from '@/components/ui/field';
import { TextInput } from '@/components/ui/text-input';
import { sentence } from '@/lib/client/refusal';
import { suggestSecretKey } from '@/lib/schemas/secret';

type Registered = { field: UseFormRegisterReturn; error: FieldError | undefined };

export function DisplayNameField({ field, error, autoFocus }: Registered & { autoFocus?: boolean }) {
  return (
    <Field label="Display name" help="The name helps distinguish this secret from other secrets." error={sentence('The display name', error?.message)}>
      {(control) => <TextInput {...control} {...field} autoFocus={autoFocus} autoComplete="off" />}
    </Field>
  );
}

export function DescriptionField({ field, error }: Registered) {
  return (
    <Field label="Description" optional error={sentence('The description', error?.message)}>
      {(control) => <TextInput {...control} {...field} autoComplete="off" />}
    </Field>
  );
}

type VariableNameFieldProps = Registered & { typed: string; onFix: (fixed: string) => void };

/** The name of the environment variable, with the nearest allowed one offered as a fix. */
export function VariableNameField({ field, error, typed, onFix }: VariableNameFieldProps) {
  const fromServer = error?.type === 'server';
  const fixed = fromServer ? undefined : suggestSecretKey(typed);
  // "can’t have a dash. Use an underscore instead." is shortened where the very name can be offered.
  const fault = sentence(fromServer ? 'The name' : 'A name', error?.message);
  return (
    <Field
      label="Environment variable name"
      help="Environment variable names are case sensitive and cannot use special characters or spaces, underscores are allowed. The key cannot be changed once set."
      error={
        fault && fixed ? (
          <>
            {fault.split('. ')[0]}. Use{' '}
            <button type="button" onClick={() => onFix(fixed)} className="font-[650] break-all underline underline-offset-2">
              {fixed}
            </button>
            ?
          </>
        ) : (
          fault
        )
      }
    >
      {(control) => <TextInput {...control} {...field} mono autoComplete="off" />}
    </Field>
  );
}
