'use client';

import { Eye, EyeOff } from 'lucide-react';
import { useState, type ClipboardEvent, type ComponentProps } from 'react';
import { cx } from './cx';
import { controlClass, TextInput } from './text-input';

type MaskedInputProps = Pick<ComponentProps<'input'>, 'id' | 'name' | 'aria-describedby' | 'aria-invalid' | 'autoFocus' | 'onBlur'> & {
  value: string;
  onValue: (value: string) => void;
};

/** A value that is typed and not stored yet: hidden until the eye is pressed. Pasted line breaks are kept. */
export function MaskedInput({ value, onValue, ...control }: MaskedInputProps) {
  const [shown, setShown] = useState(false);
  const hasLines = /[\r\n]/.test(value);
  // An input of one line would drop the line breaks of a pasted key or JSON document.
  const paste = (event: ClipboardEvent<HTMLInputElement>) => {
    const text = event.clipboardData.getData('text/plain');
    if (!/[\r\n]/.test(text)) return;
    event.preventDefault();
    const { selectionStart, selectionEnd } = event.currentTarget;
    onValue(value.slice(0, selectionStart ?? value.length) + text + value.slice(selectionEnd ?? value.length));
  };
  const common = { ...control, value, spellCheck: false, autoCapitalize: 'off', autoComplete: 'off', 'data-1p-ignore': '', 'data-lpignore': 'true' };
  const Icon = shown ? EyeOff : Eye;
  return (
    <div className="relative">
      {hasLines ? (
        <textarea
          {...(common as ComponentProps<'textarea'>)}
          rows={4}
          onChange={(event) => onValue(event.target.value)}
          className={cx(controlClass, 'block resize-y py-2 pr-12 pl-3 font-mono break-all tablet:text-small', !shown && 'masked')}
        />
      ) : (
        <TextInput
          {...common}
          type={shown ? 'text' : 'password'}
          onPaste={paste}
          onChange={(event) => onValue(event.target.value)}
          className="pr-12 font-mono tablet:text-small"
        />
      )}
      {value === '' ? null : (
        <button
          type="button"
          aria-label={shown ? 'Hide what is typed' : 'Show what is typed'}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
          className="absolute top-0 right-0 flex size-11 items-center justify-center rounded-control text-ink-2 hover:text-ink tablet:top-1 tablet:right-1 tablet:h-7.5 tablet:w-10"
        >
          <Icon aria-hidden="true" size={18} strokeWidth={1.75} />
        </button>
      )}
    </div>
  );
}
