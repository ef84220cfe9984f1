import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';

export type Tone = 'plain' | 'accent' | 'ok' | 'warn' | 'danger';

const tones = {
  plain: 'border-line-mid bg-surface text-ink-2',
  accent: 'border-accent-line bg-accent-tint text-accent-ink',
  ok: 'border-ok-line bg-ok-tint text-ok',
  warn: 'border-warn-line bg-warn-tint text-warn',
  danger: 'border-danger-line bg-danger-tint text-danger',
} satisfies Record<Tone, string>;

type BadgeProps = { tone?: Tone; icon?: LucideIcon; children: ReactNode };

/** Exceptions and identity only: what is normal needs no badge. */
export function Badge({ tone = 'plain', icon: Icon, children }: BadgeProps) {
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1 rounded-badge border px-1.5 py-px text-caption font-semibold whitespace-nowrap',
        tones[tone],
      )}
    >
      {Icon ? <Icon aria-hidden="true" size={13} strokeWidth={1.75} /> : null}
      {children}
    </span>
  );
}
