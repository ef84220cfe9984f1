import { useId, type ReactNode } from 'react';

/** A few facts under a small heading, with a rule above all but the first. */
export function FactSection({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2.5 border-t border-line pt-7 first:border-t-0 first:pt-0">
      <h2 id={id} className="font-[650]">
        {title}
      </h2>
      {children}
    </section>
  );
}

/** Names and what they are, in two columns. */
export function Facts({ facts }: { facts: [name: string, fact: ReactNode][] }) {
  return (
    <dl className="grid grid-cols-[4.75rem_minmax(0,1fr)] items-baseline gap-y-2 text-small">
      {facts.map(([name, fact]) => (
        <div key={name} className="contents">
          <dt className="text-ink-2">{name}</dt>
          <dd className="min-w-0">{fact}</dd>
        </div>
      ))}
    </dl>
  );
}
