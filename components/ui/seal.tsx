import { Lock } from 'lucide-react';
import { cx } from './cx';

/** A stored value: there, and not readable. It has no text, and no length of the real value. */
export function Seal({ className }: { className?: string }) {
  return <span role="img" aria-label="value set, not readable" className={cx('seal inline-block h-3.5 w-11 rounded-badge', className)} />;
}

/** The seal at the size of a field, saying what leaving it alone means. */
export function SealedField({ label = 'Set. Leave blank to keep.' }: { label?: string }) {
  return (
    <div className="seal flex h-11 min-w-0 flex-1 items-center rounded-control px-1.5 tablet:h-9.5">
      <span className="flex items-center gap-1.5 rounded-badge bg-surface px-2 py-1 text-small text-ink-2">
        <Lock aria-hidden="true" className="shrink-0" size={15} strokeWidth={1.75} />
        {label}
        <span className="sr-only">The value is set and not readable.</span>
      </span>
    </div>
  );
}
