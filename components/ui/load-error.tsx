import { ChevronRight, DatabaseZap } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconTile } from './icon-tile';

type LoadErrorProps = { title: string; actions: ReactNode; facts: [name: string, value: ReactNode][]; children: ReactNode };

/** What could not be loaded, what still works, and how to go on; the details are folded. */
export function LoadError({ title, actions, facts, children }: LoadErrorProps) {
  return (
    <section className="flex flex-col gap-4 rounded-card border border-line bg-surface p-4 tablet:flex-row tablet:p-7">
      <IconTile icon={DatabaseZap} tone="danger" />
      <div className="flex min-w-0 flex-1 flex-col gap-4">
        <div role="alert" className="flex flex-col gap-1">
          <h2 className="text-h2 font-[650]">{title}</h2>
          <div className="max-w-150 text-ink-2">{children}</div>
        </div>
        <div className="flex flex-wrap items-center gap-3">{actions}</div>
        <details className="group border-t border-line pt-4 text-small">
          <summary className="flex items-center gap-1.5 text-ink-2">
            <ChevronRight aria-hidden="true" className="transition-transform group-open:rotate-90" size={16} strokeWidth={1.75} />
            For whoever looks into it
          </summary>
          <dl className="mt-2.5 grid grid-cols-[6rem_1fr] gap-y-1.5">
            {facts.map(([name, value]) => (
              <div key={name} className="contents">
                <dt className="text-ink-2">{name}</dt>
                <dd className="font-mono break-all">{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      </div>
    </section>
  );
}
