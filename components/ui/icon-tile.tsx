import type { LucideIcon } from 'lucide-react';
import { cx } from './cx';

/** The square at the head of a row. */
export function IconTile({ icon: Icon, tone = 'plain' }: { icon: LucideIcon; tone?: 'plain' | 'danger' }) {
  return (
    <span
      aria-hidden="true"
      className={cx(
        'flex size-9 shrink-0 items-center justify-center rounded-control border',
        tone === 'plain' ? 'border-line bg-sunken text-ink-2' : 'border-danger-line bg-danger-tint text-danger',
      )}
    >
      <Icon size={18} strokeWidth={1.75} />
    </span>
  );
}
