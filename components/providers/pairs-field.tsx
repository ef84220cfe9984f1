'use client';

import { CircleAlert, Plus, Trash2, Undo2 } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { Controller, useFieldArray, useFormState, type Control } from 'react-hook-form';
import type { Pair, ProviderFields } from '@/components/forms/provider-fields';
import { Button, IconButton } from '@/components/ui/button';
import { cx } from '@/components/ui/cx';
import { LockedValue } from '@/components/ui/locked-value';
import { MaskedInput } from '@/components/ui/masked-input';
import { SealedField } from '@/components/ui/seal';
import { TextInput } from '@/components/ui/text-input';
import { sentence } from '@/lib/client/refusal';

type PairsFieldProps = {
  control: Control<ProviderFields>;
  /** Keys that the module reads, as far as its constants show them. */
  suggested: string[];
};

/** The key value pairs that a plugin's factory gets; stored values are never here. */
export function PairsField({ control, suggested }: PairsFieldProps) {
  const { fields, append, remove, update } = useFieldArray({ control, name: 'pairs' });
  const { isSubmitted } = useFormState({ control });
  // What is wrong with one key may be another one.
  const recheck = isSubmitted ? fields.map((_, at) => `pairs.${at}.key` as const) : [];
  const missing = suggested.filter((key) => !fields.some((pair) => pair.key === key));
  const add = (key: string) => append({ key, value: '', state: 'typed' }, { focusName: `pairs.${fields.length}.${key === '' ? 'key' : 'value'}` });
  return (
    <div className="flex flex-col gap-3">
      {fields.map((field, at) => (
        <PairRow
          key={field.id}
          at={at}
          pair={field}
          control={control}
          recheck={recheck}
          onRemove={() => remove(at)}
          onState={(state) => update(at, { key: field.key, value: '', state })}
        />
      ))}
      <div className="flex flex-wrap items-center gap-x-3.5 gap-y-2">
        <Button onClick={() => add('')}>
          <Plus aria-hidden="true" size={16} strokeWidth={1.75} />
          Add Pair
        </Button>
        {missing.length > 0 ? <span className="text-small text-ink-2">This module also reads</span> : null}
        {missing.map((key) => (
          <button
            key={key}
            type="button"
            onClick={() => add(key)}
            aria-label={`Add a pair for ${key}`}
            className="inline-flex min-h-11 min-w-0 items-center gap-2 rounded-control border border-dashed border-line-strong px-2.5 font-mono text-small break-all text-accent-ink hover:bg-accent-tint tablet:min-h-7"
          >
            <Plus aria-hidden="true" className="shrink-0" size={14} strokeWidth={1.75} />
            {key}
          </button>
        ))}
      </div>
    </div>
  );
}

type PairRowProps = { at: number; pair: Pair; control: Control<ProviderFields>; recheck: `pairs.${number}.key`[]; onRemove: () => void; onState: (state: Pair['state']) => void };

function PairRow({ at, pair, control, recheck, onRemove, onState }: PairRowProps) {
  const isStored = pair.state !== 'typed';
  const icon = { 'aria-hidden': true, size: 17, strokeWidth: 1.75 } as const;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-2 gap-y-2 rounded-card border border-line p-3 tablet:grid-cols-[15rem_minmax(0,1fr)_auto] tablet:border-0 tablet:p-0">
      {isStored ? (
        <Labelled label="Key" isFirst={at === 0}>
          {(id) =>
            pair.state === 'remove' ? (
              <span className="flex min-h-11 items-center rounded-control border border-line bg-sunken px-3 font-mono text-small break-all text-ink-2 line-through tablet:min-h-9.5">{pair.key}</span>
            ) : (
              <LockedValue id={id} value={pair.key} mono />
            )
          }
        </Labelled>
      ) : (
        <Controller
          control={control}
          name={`pairs.${at}.key`}
          rules={{ deps: recheck }}
          render={({ field, fieldState }) => (
            <Labelled label="Key" isFirst={at === 0} error={sentence('The key', fieldState.error?.message)}>
              {(id, described) => (
                <TextInput id={id} {...described} {...field} mono autoComplete="off" />
              )}
            </Labelled>
          )}
        />
      )}
      <div className="col-start-1 min-w-0 tablet:col-start-2">
        {pair.state === 'keep' ? (
          <Labelled label="Value" isFirst={at === 0} isGroup>
            {() => (
              <div className="flex flex-col gap-2 tablet:flex-row">
                <SealedField />
                <Button onClick={() => onState('replace')} aria-label={`Replace ${pair.key}`}>
                  Replace
                </Button>
              </div>
            )}
          </Labelled>
        ) : pair.state === 'remove' ? (
          <p className={cx('flex min-h-9.5 items-center text-small text-ink-2', at === 0 && 'tablet:mt-6.5')}>Removed when you save</p>
        ) : (
          <Controller
            control={control}
            name={`pairs.${at}.value`}
            render={({ field, fieldState }) => (
              <Labelled label="Value" isFirst={at === 0} error={sentence('The value', fieldState.error?.message)}>
                {(id, described) => (
                  <MaskedInput id={id} {...described} name={field.name} value={field.value} onValue={field.onChange} onBlur={field.onBlur} autoFocus={pair.state === 'replace'} />
                )}
              </Labelled>
            )}
          />
        )}
      </div>
      <div className={cx('col-start-2 row-start-1 self-start tablet:col-start-3', at === 0 ? 'mt-6.5' : 'mt-6.5 tablet:mt-0.5')}>
        {pair.state === 'typed' ? (
          <IconButton label={pair.key === '' ? 'Remove this pair' : `Remove ${pair.key}`} onClick={onRemove}>
            <Trash2 {...icon} />
          </IconButton>
        ) : pair.state === 'keep' ? (
          <IconButton label={`Remove ${pair.key}`} onClick={() => onState('remove')}>
            <Trash2 {...icon} />
          </IconButton>
        ) : (
          <IconButton label={`Undo: keep the stored value of ${pair.key}`} onClick={() => onState('keep')}>
            <Undo2 {...icon} />
          </IconButton>
        )}
      </div>
    </div>
  );
}

type Described = { 'aria-describedby': string | undefined; 'aria-invalid': true | undefined };
type LabelledProps = { label: string; isFirst: boolean; isGroup?: boolean; error?: string | undefined; children: (id: string, described: Described) => ReactNode };

/** A label that is seen in the first row only, where rows are lines of a table. */
function Labelled({ label, isFirst, isGroup, error, children }: LabelledProps) {
  const id = useId();
  const look = cx('font-semibold', !isFirst && 'tablet:sr-only');
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      {isGroup ? (
        <span className={look}>{label}</span>
      ) : (
        <label htmlFor={id} className={look}>
          {label}
        </label>
      )}
      {children(id, { 'aria-describedby': error ? `${id}-error` : undefined, 'aria-invalid': error ? true : undefined })}
      {error ? (
        <p id={`${id}-error`} className="flex items-start gap-1.5 text-small font-semibold text-danger">
          <CircleAlert aria-hidden="true" className="mt-px shrink-0" size={15} strokeWidth={1.75} />
          <span className="min-w-0">{error}</span>
        </p>
      ) : null}
    </div>
  );
}
