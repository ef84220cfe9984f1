import type { ReactNode } from 'react';

type EmptyStateProps = { picture?: ReactNode; title: string; action?: ReactNode; children: ReactNode };

/** Nothing is here yet: says so, what it is good for, and the one action. */
export function EmptyState({ picture, title, action, children }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-2 rounded-card border border-line bg-surface px-4 py-10 text-center tablet:py-14">
      {picture ? <div className="mb-6 w-full">{picture}</div> : null}
      <h3 className="text-h2 font-[650]">{title}</h3>
      <div className="max-w-180 text-ink-2">{children}</div>
      {action ? <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
