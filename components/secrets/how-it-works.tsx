import { ArrowDown, ArrowRight } from 'lucide-react';
import type { ReactNode } from 'react';

/** The whole idea in three boxes. */
export function HowItWorks() {
  return (
    <div
      role="img"
      aria-label="You write a value, it is stored sealed, and a worker opens it."
      className="mx-auto flex max-w-180 flex-col items-center justify-center gap-2 tablet:flex-row tablet:items-end tablet:gap-4"
    >
      <Stage title="You write it">
        <span className="font-mono text-small">hunter-2-blue-kite</span>
      </Stage>
      <Arrow />
      <Stage title="It is stored sealed">
        <span className="seal h-7 w-full rounded-control" />
      </Stage>
      <Arrow />
      <Stage title="A worker opens it">
        <span className="font-mono text-small">MYSQL_PASSWORD=…</span>
      </Stage>
    </div>
  );
}

function Stage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <span className="flex w-50 flex-col items-center gap-2">
      <span className="text-caption text-ink-3">{title}</span>
      <span className="flex h-11 w-full items-center justify-center rounded-note border border-line-mid bg-surface px-3.5">{children}</span>
    </span>
  );
}

function Arrow() {
  return (
    <span className="flex h-6 items-center text-ink-3 tablet:h-11">
      <ArrowDown className="tablet:hidden" size={18} strokeWidth={1.75} />
      <ArrowRight className="hidden tablet:block" size={18} strokeWidth={1.75} />
    </span>
  );
}
