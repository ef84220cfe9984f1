import { Ban, CircleCheck, CircleX, Clock, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';

type State = 'ok' | 'waiting' | 'failing' | 'off';

const looks = {
  ok: { icon: CircleCheck, color: 'text-ok' },
  waiting: { icon: Clock, color: 'text-warn' },
  failing: { icon: CircleX, color: 'text-danger' },
  off: { icon: Ban, color: 'text-ink-3' },
} satisfies Record<State, { icon: LucideIcon; color: string }>;

/** Icon, word and colour; never colour alone. */
export function Status({ state, children }: { state: State; children: ReactNode }) {
  const { icon: Icon, color } = looks[state];
  return (
    <span className={cx('inline-flex items-center gap-1.5 text-small font-semibold', color)}>
      <Icon aria-hidden="true" className="shrink-0" size={15} strokeWidth={1.75} />
      {children}
    </span>
  );
}
