import { ArrowUpRight } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { paths, type DocumentationSection } from '@/lib/paths';

const look = 'font-medium text-accent-ink underline decoration-accent-line decoration-1 underline-offset-4 hover:decoration-current';

/** A link in running text. */
export function TextLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className={look}>
      {children}
    </Link>
  );
}

/** "Documentation", in a tab of its own so that nothing typed here is lost. */
export function DocumentationLink({ section }: { section: DocumentationSection }) {
  return (
    <a
      href={paths.documentation(section)}
      target="_blank"
      rel="noopener"
      title="Opens in a new tab"
      className="inline-flex min-h-6 items-center gap-2 self-start pointer-coarse:min-h-11"
    >
      <span className={`${look} font-semibold`}>Documentation</span>
      <ArrowUpRight aria-hidden="true" className="text-ink-2" size={15} strokeWidth={1.75} />
    </a>
  );
}
