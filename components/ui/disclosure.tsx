'use client';

import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';

type DisclosureProps = {
  title: string;
  /** Small, beside the title: what is in it while it is closed. */
  fact?: ReactNode;
  open: boolean;
  onOpen: (open: boolean) => void;
  children: ReactNode;
};

/** What few need, behind its title. The browser's own, so that finding text on the page opens it. */
export function Disclosure({ title, fact, open, onOpen, children }: DisclosureProps) {
  return (
    <details open={open} onToggle={(event) => onOpen(event.currentTarget.open)}>
      <summary className="-mx-2 flex min-h-11 list-none items-center gap-2 rounded-control px-2 font-semibold hover:bg-hover tablet:min-h-9 [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden="true" className={open ? 'shrink-0 rotate-90' : 'shrink-0'} size={16} strokeWidth={1.75} />
        {title}
        {fact ? <span className="text-small font-normal text-ink-2">{fact}</span> : null}
      </summary>
      <div className="flex flex-col gap-5.5 pt-3">{children}</div>
    </details>
  );
}
