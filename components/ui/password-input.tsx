'use client';

import { Eye, EyeOff } from 'lucide-react';
import { useState, type ChangeEvent, type ComponentProps } from 'react';
import { cx } from './cx';
import { TextInput } from './text-input';

/** A password as it is typed. The eye is there only while there is something of one's own to see. */
export function PasswordInput({ onChange, className, ...rest }: Omit<ComponentProps<'input'>, 'type'>) {
  const [shown, setShown] = useState(false);
  const [filled, setFilled] = useState(false);
  const changed = (event: ChangeEvent<HTMLInputElement>) => {
    const some = event.target.value !== '';
    setFilled(some);
    if (!some) setShown(false);
    onChange?.(event);
  };
  const Icon = shown ? EyeOff : Eye;
  return (
    <div className="relative">
      <TextInput
        {...rest}
        type={shown ? 'text' : 'password'}
        spellCheck={false}
        autoCapitalize="off"
        onChange={changed}
        className={cx('pr-12', className)}
      />
      {filled ? (
        <button
          type="button"
          aria-label={shown ? 'Hide what is typed' : 'Show what is typed'}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
          className="absolute inset-y-1 right-1 flex w-10 items-center justify-center rounded-control text-ink-2 hover:text-ink"
        >
          <Icon aria-hidden="true" size={18} strokeWidth={1.75} />
        </button>
      ) : null}
    </div>
  );
}
