import { CircleX, Clock, Eye, TriangleAlert, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';

type NoteTone = 'info' | 'warn' | 'waiting' | 'danger';

const looks = {
  info: { icon: Eye, box: 'bg-accent-tint', mark: 'text-accent-ink' },
  warn: { icon: TriangleAlert, box: 'bg-warn-tint', mark: 'text-warn' },
  waiting: { icon: Clock, box: 'bg-warn-tint', mark: 'text-warn' },
  danger: { icon: CircleX, box: 'bg-danger-tint', mark: 'text-danger' },
} satisfies Record<NoteTone, { icon: LucideIcon; box: string; mark: string }>;

type NoteProps = { tone: NoteTone; icon?: LucideIcon; actions?: ReactNode; children: ReactNode; className?: string };

/** Cause, effect and the button that mends it, inside the thing that it is about. */
export function Note({ tone, icon, actions, children, className }: NoteProps) {
  const look = looks[tone];
  const Icon = icon ?? look.icon;
  return (
    <div className={cx('flex gap-3 rounded-note px-3.5 py-3 text-ink-2', look.box, className)}>
      <Icon aria-hidden="true" className={cx('mt-0.5 shrink-0', look.mark)} size={17} strokeWidth={1.75} />
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <div>{children}</div>
        {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
      </div>
    </div>
  );
}
