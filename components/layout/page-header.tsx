import type { ReactNode } from 'react';
import { Breadcrumbs, type Crumb } from './breadcrumbs';

type PageHeaderProps = {
  trail?: Crumb[];
  title: ReactNode;
  /** Beside the title: a badge, a copy button. */
  aside?: ReactNode;
  /** Right: the page's one primary button, or Cancel. */
  action?: ReactNode;
  children?: ReactNode;
};

/** The way back, the page's heading, and what it is for. */
export function PageHeader({ trail, title, aside, action, children }: PageHeaderProps) {
  return (
    <header className="flex flex-col gap-1">
      {trail ? <Breadcrumbs trail={trail} /> : null}
      <div className="flex items-start justify-between gap-4">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 py-px">
          <h1 className="text-h1-phone font-[680] tracking-tight break-words tablet:text-h1">{title}</h1>
          {aside}
        </div>
        {action}
      </div>
      {children}
    </header>
  );
}

/** The paragraph under a heading. */
export function Lead({ children }: { children: ReactNode }) {
  return <p className="max-w-160 text-lead text-ink-2">{children}</p>;
}
