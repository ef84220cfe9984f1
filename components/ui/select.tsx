import { ChevronsUpDown } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx';
import { controlClass } from './text-input';

type SelectProps = ComponentProps<'select'> & {
  /** Stands before the arrows: the chosen option's badge. */
  mark?: ReactNode;
};

/** The system's own list, on phones and everywhere else, with a badge for the chosen option. */
export function Select({ mark, className, children, ...rest }: SelectProps) {
  return (
    <div className={cx('relative', className)}>
      <select {...rest} className={cx(controlClass, 'h-11 appearance-none truncate bg-none pl-3 tablet:h-9.5', mark ? 'pr-26' : 'pr-9')}>
        {children}
      </select>
      <span className="pointer-events-none absolute inset-y-0 right-3 flex items-center gap-2.5">
        {mark}
        <ChevronsUpDown aria-hidden="true" className="text-ink-2" size={16} strokeWidth={1.75} />
      </span>
    </div>
  );
}
