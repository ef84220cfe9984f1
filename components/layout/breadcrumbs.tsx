import { ChevronLeft, ChevronRight } from 'lucide-react';
import Link from 'next/link';

export type Crumb = { name: string; href: string };

const link = 'inline-flex min-h-6 items-center rounded-badge text-small text-ink-2 hover:text-ink hover:underline pointer-coarse:min-h-11 pointer-coarse:min-w-11';

/** The way back: one step as an arrow, more as a trail. The page itself is its heading, not a crumb. */
export function Breadcrumbs({ trail }: { trail: Crumb[] }) {
  const [only] = trail;
  return (
    <nav aria-label="Breadcrumbs">
      <ol className="flex flex-wrap items-center gap-x-2">
        {trail.length === 1 && only ? (
          <li>
            <Link href={only.href} className={`${link} gap-2`}>
              <ChevronLeft aria-hidden="true" size={15} strokeWidth={1.75} />
              {only.name}
            </Link>
          </li>
        ) : (
          trail.map((crumb, index) => (
            <li key={crumb.href} className="flex min-w-0 items-center gap-2">
              {index > 0 ? <ChevronRight aria-hidden="true" className="text-ink-3" size={14} strokeWidth={1.75} /> : null}
              <Link href={crumb.href} className={`${link} break-all`}>
                {crumb.name}
              </Link>
            </li>
          ))
        )}
      </ol>
    </nav>
  );
}
