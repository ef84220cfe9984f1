'use client';

import { useId } from 'react';
import type { UseFormRegisterReturn } from 'react-hook-form';
import { cx } from '@/components/ui/cx';
import { Breakable } from '@/components/ui/breakable';
import { Field } from '@/components/ui/field';
import { TextInput } from '@/components/ui/text-input';
import type { LooseModule } from '@/lib/schemas/provider';

type Candidates = LooseModule['candidates'];
type FactoryFieldProps = { field: UseFormRegisterReturn; error: string | undefined; typed: string; candidates: Candidates; onChoose: (className: string) => void };

/** The factory's class name, typed or taken from what the module offers. */
export function FactoryField({ field, error, typed, candidates, onChoose }: FactoryFieldProps) {
  return (
    <div className="flex flex-col gap-3">
      <Field label="Provider factory classname" help="The class of the module that creates the provider, with its package." error={error}>
        {(control) => <TextInput {...control} {...field} mono autoComplete="off" />}
      </Field>
      {candidates.length > 0 ? <FactoryChoice typed={typed} candidates={candidates} onChoose={onChoose} /> : null}
    </div>
  );
}

function FactoryChoice({ typed, candidates, onChoose }: Pick<FactoryFieldProps, 'typed' | 'candidates' | 'onChoose'>) {
  const id = useId();
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1.5 text-small text-ink-2">
        {candidates.length === 1 ? 'One class in this module implements ' : `${candidates.length} classes in this module implement `}
        <span className="font-mono">SecretProviderFactory</span>.
      </legend>
      <div className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
        {candidates.map(({ className, usable, reason }) => (
          <label key={className} className={cx('flex items-start gap-3 px-4 py-3', typed === className && 'bg-accent-tint')}>
            <input
              type="radio"
              name={id}
              checked={typed === className}
              disabled={!usable}
              aria-labelledby={`${id}-${className}`}
              aria-describedby={`${id}-${className}-help`}
              onChange={() => onChoose(className)}
              className="mt-0.5 size-4 shrink-0 pointer-coarse:size-6"
            />
            <span className="flex min-w-0 flex-col">
              <span id={`${id}-${className}`} className={cx('min-h-6 font-mono text-small', !usable && 'text-ink-3')}>
                <Breakable>{className}</Breakable>
              </span>
              <span id={`${id}-${className}-help`} className="text-small break-words text-ink-2">
                {usable ? 'Public, can be created without arguments' : `Can’t be used: ${reason ?? 'it is no factory'}`}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
