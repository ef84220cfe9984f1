'use client';

import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import { buttonClass, type ButtonKind, type ButtonSize } from './button-class';
import { cx } from './cx';

type ButtonProps = Omit<ComponentProps<'button'>, 'disabled'> & {
  kind?: ButtonKind;
  size?: ButtonSize;
  /** While set, shown in place of the label; the button keeps its width and does nothing. */
  busy?: ReactNode;
  /** Still focusable, so that the reason beside it can be found; does nothing. */
  unavailable?: boolean;
};

/** A button; `type` is `button` unless said otherwise, so that none submits by accident. */
export function Button({ kind, size, busy, unavailable, className, children, onClick, type = 'button', ...rest }: ButtonProps) {
  const off = Boolean(busy) || unavailable;
  const guarded = (event: MouseEvent<HTMLButtonElement>) => {
    if (off) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={unavailable || undefined}
      aria-busy={busy ? true : undefined}
      onClick={guarded}
      className={buttonClass(kind, size, className)}
    >
      {busy ? (
        <span className="grid items-center justify-items-center">
          <span aria-hidden="true" className="invisible col-start-1 row-start-1 inline-flex items-center gap-2 pl-6">
            {children}
          </span>
          <span className="col-start-1 row-start-1 inline-flex items-center gap-2">
            <LoaderCircle aria-hidden="true" className="spin motion-reduce:hidden" size={16} strokeWidth={1.75} />
            {busy}
          </span>
        </span>
      ) : (
        children
      )}
    </button>
  );
}

type IconButtonProps = Omit<ComponentProps<'button'>, 'aria-label'> & { label: string };

/** A button that is an icon alone; `label` is its name and its tooltip. */
export function IconButton({ label, className, type = 'button', ...rest }: IconButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      title={label}
      className={cx(
        'inline-flex size-11 shrink-0 items-center justify-center rounded-control text-ink-2 transition-colors hover:bg-hover hover:text-ink tablet:size-8',
        className,
      )}
    />
  );
}
