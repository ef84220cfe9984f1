import type { ReactNode } from 'react';

type EmptyStateProps = { picture?: ReactNode; title: string; /** The heading's level, by what it stands under. */ level?: 2 | 3; action?: ReactNode; children: ReactNode };

/** Nothing is here yet: says so, what it is good for, and the one action. */
export function EmptyState({ picture, title, level = 2, action, children }: EmptyStateProps) {
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <div className="flex flex-col items-center gap-2 rounded-card border border-line bg-surface px-4 py-10 text-center tablet:py-14">
      {picture ? <div className="mb-6 w-full">{picture}</div> : null}
      <Heading className="text-h2 font-[650]">{title}</Heading>
      <div className="max-w-180 text-ink-2">{children}</div>
      {action ? <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
