import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import type { FieldControl } from './field';
import { cx } from './cx';

type LockedValueProps = Partial<FieldControl> & { value: string; mono?: boolean; children?: ReactNode };

/** Something that was chosen once and stays: readable, focusable, not editable. `children` stand at its right end. */
export function LockedValue({ value, mono, children, ...control }: LockedValueProps) {
  return (
    <div className="relative">
      <Lock aria-hidden="true" className="pointer-events-none absolute top-3.5 left-3 text-ink-2 tablet:top-2.75" size={16} strokeWidth={1.75} />
      {/* One line that becomes two where the window is narrow: a name that is cut cannot be compared. */}
      <textarea
        {...control}
        rows={1}
        readOnly
        spellCheck={false}
        value={value}
        className={cx(
          'block field-sizing-content min-h-11 w-full resize-none rounded-control border border-line bg-sunken py-2.25 pl-9 tablet:py-2 text-phone [overflow-wrap:anywhere] text-ink-2 tablet:min-h-9.5 tablet:text-body',
          children ? 'pr-12' : 'pr-3',
          mono && 'font-mono tablet:text-small',
        )}
      />
      {children ? <div className="absolute top-0 right-2 flex h-11 items-center tablet:h-9.5">{children}</div> : null}
    </div>
  );
}
