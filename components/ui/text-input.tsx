import type { ComponentProps } from 'react';
import { cx } from './cx';

/** The outline that inputs, selects and value boxes share. */
export const controlClass =
  'w-full rounded-control border border-line-strong bg-surface text-phone text-ink transition-colors ' +
  'focus-visible:border-accent aria-invalid:border-danger aria-invalid:ring-1 aria-invalid:ring-danger tablet:text-body';

type TextInputProps = ComponentProps<'input'> & { mono?: boolean };

/** A line of text; `mono` for names that machines read. */
export function TextInput({ mono, className, ...rest }: TextInputProps) {
  return (
    <input
      type="text"
      {...rest}
      {...(mono ? { spellCheck: false, autoCapitalize: 'off', autoCorrect: 'off' } : {})}
      className={cx(controlClass, 'h-11 px-3 tablet:h-9.5', mono && 'font-mono tablet:text-small', className)}
    />
  );
}
