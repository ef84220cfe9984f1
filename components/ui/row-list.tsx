import type { ReactNode } from 'react';

/** Things that are read one by one: a card with a row for each. */
export function RowList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul aria-label={label} className="divide-y divide-line rounded-card border border-line bg-surface">
      {children}
    </ul>
  );
}

type RowProps = { icon?: ReactNode; actions?: ReactNode; note?: ReactNode; children: ReactNode };

/** One row: text at the left, actions at the right; on a phone the actions stand under the text. */
export function Row({ icon, actions, note, children }: RowProps) {
  return (
    <li className="relative flex flex-col gap-3 px-4 py-4.5 tablet:px-5">
      <div className="flex flex-col gap-3 tablet:flex-row tablet:items-center tablet:gap-4.5">
        <div className="flex min-w-0 flex-1 items-start gap-3.5 tablet:items-center tablet:gap-4.5">
          {icon}
          <div className="flex min-w-0 flex-1 flex-col gap-0.5">{children}</div>
        </div>
        {actions}
      </div>
      {note}
    </li>
  );
}

/** The small facts of a row, with dots between them. */
export function RowFacts({ facts }: { facts: ReactNode[] }) {
  return (
    <p className="text-small text-ink-3">
      {facts.map((fact, index) => (
        // The facts of a row have a fixed order and no identity of their own.
        <span key={index}>
          {index > 0 ? <span aria-hidden="true" className="mx-1.5"> · </span> : null}
          {fact}
        </span>
      ))}
    </p>
  );
}
