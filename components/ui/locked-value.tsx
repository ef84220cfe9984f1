import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import type { FieldControl } from './field';
import { cx } from './cx';

type LockedValueProps = Partial<FieldControl> & { value: string; mono?: boolean; children?: ReactNode };

/** Something that was chosen once and stays: readable, focusable, not editable. `children` stand at its right end. */
export function LockedValue({ value, mono, children, ...control }: LockedValueProps) {
  return (
    <div className="relative flex items-center">
      <Lock aria-hidden="true" className="pointer-events-none absolute left-3 text-ink-2" size={16} strokeWidth={1.75} />
      <input
        {...control}
        type="text"
        readOnly
        value={value}
        className={cx(
          'h-11 w-full truncate rounded-control border border-line bg-sunken pr-12 pl-9 text-phone text-ink-2 tablet:h-9.5 tablet:text-body',
          mono && 'font-mono tablet:text-small',
        )}
      />
      {children ? <div className="absolute right-2 flex items-center">{children}</div> : null}
    </div>
  );
}
