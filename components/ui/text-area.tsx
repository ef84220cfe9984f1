import type { ComponentProps } from 'react';
import { cx } from './cx';
import { controlClass } from './text-input';

/** Several lines that machines read: one thing a line, or a file's text. */
export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      rows={3}
      spellCheck={false}
      autoCapitalize="off"
      autoCorrect="off"
      autoComplete="off"
      {...rest}
      className={cx(controlClass, 'block resize-y px-3 py-2 font-mono [overflow-wrap:anywhere] tablet:text-small', className)}
    />
  );
}
