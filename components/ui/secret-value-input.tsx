'use client';

import { Dices, Eye, EyeOff, FileUp, type LucideIcon } from 'lucide-react';
import { useId, useRef, useState, type ChangeEvent } from 'react';
import { cx } from './cx';
import { Field } from './field';
import { controlClass } from './text-input';
import { describeValue, generateValue, textOf, valueFacts } from './value-text';

const maxBytes = 65_536;

type SecretValueInputProps = {
  label: string;
  name: string;
  value: string;
  onChange: (value: string) => void;
  onBlur: () => void;
  error?: string | undefined;
  help?: string;
  autoFocus?: boolean;
};

/** A value while it is typed: any text, many lines, kept byte for byte. Once stored it is never shown here again. */
export function SecretValueInput({ label, name, value, onChange, onBlur, error, help, autoFocus }: SecretValueInputProps) {
  const [hidden, setHidden] = useState(false);
  const [fileFault, setFileFault] = useState('');
  const picker = useRef<HTMLInputElement>(null);
  const countId = useId();
  const facts = valueFacts(value);
  // A text area would turn these into plain line breaks as soon as it is edited.
  const fixed = value.includes('\r');

  const take = (text: string) => {
    setFileFault('');
    onChange(text);
  };
  const read = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = '';
    if (!file) return;
    if (file.size > maxBytes) return setFileFault(`${file.name} has ${file.size.toLocaleString('en')} bytes. A value has at most 65,536.`);
    const text = textOf(await file.arrayBuffer());
    if (text === undefined) return setFileFault(`${file.name} is not UTF-8 text, which an environment variable has to be. Encode it, for example as base64.`);
    take(text);
    setHidden(true);
  };

  return (
    <Field
      label={label}
      error={fileFault || error}
      help={help}
      tools={
        <span className="-mr-1.5 flex gap-1 tablet:gap-2.5">
          <Tool icon={Dices} name="Generate" onClick={() => take(generateValue())} />
          <Tool icon={FileUp} name="From file" onClick={() => picker.current?.click()} />
          <Tool icon={hidden ? Eye : EyeOff} name={hidden ? 'Show' : 'Hide'} onClick={() => setHidden(!hidden)} />
        </span>
      }
    >
      {(control) => (
        <>
          <textarea
            {...control}
            aria-describedby={cx(control['aria-describedby'], countId)}
            name={name}
            value={value}
            onChange={(event) => take(event.target.value)}
            onBlur={onBlur}
            readOnly={fixed}
            autoFocus={autoFocus}
            rows={8}
            spellCheck={false}
            autoComplete="off"
            autoCorrect="off"
            autoCapitalize="off"
            data-1p-ignore=""
            data-lpignore="true"
            className={cx(controlClass, 'min-h-42 resize-y px-3 py-2.5 font-mono break-all whitespace-pre-wrap tablet:text-small', hidden && 'masked')}
          />
          <p id={countId} className="flex flex-wrap justify-between gap-x-4 text-small text-ink-2">
            <span>{describeValue(facts)}</span>
            <span className={cx(facts.bytes > maxBytes && 'font-semibold text-danger')}>{facts.bytes.toLocaleString('en')} of 65,536 bytes</span>
          </p>
          {fixed ? (
            <p className="flex flex-wrap items-center gap-x-2 text-small text-ink-2">
              From a file with Windows line breaks, kept as they are.
              <button type="button" onClick={() => take('')} className="min-h-6 font-semibold text-accent-ink underline underline-offset-2">
                Clear and type instead
              </button>
            </p>
          ) : null}
          <input ref={picker} type="file" hidden onChange={(event) => void read(event)} aria-label={`${label} from a file`} />
        </>
      )}
    </Field>
  );
}

/** A quiet tool on the label's line; on a phone its icon alone. */
function Tool({ icon: Icon, name, onClick }: { icon: LucideIcon; name: string; onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      title={name}
      className="inline-flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-control px-1.5 text-small font-semibold text-ink-2 hover:text-ink tablet:min-h-6 tablet:min-w-6"
    >
      <Icon aria-hidden="true" className="shrink-0" size={16} strokeWidth={1.75} />
      <span className="sr-only tablet:not-sr-only">{name}</span>
    </button>
  );
}
