import Link from 'next/link';
import { paths } from '@/lib/paths';
import { Mark } from './mark';
import { RailFoot, type Person } from './rail-foot';
import { RailLinks } from './rail-links';

/** The navigation beside every page: names from 1024 px on, icons with tooltips from 641 px. */
export function Rail({ person }: { person: Person }) {
  return (
    <header className="hidden w-16 shrink-0 bg-rail text-rail-ink tablet:block wide:w-58">
      <div className="sticky top-0 flex h-dvh flex-col gap-5 overflow-y-auto px-2.5 pt-4 pb-5 wide:px-3">
      <Link href={paths.home()} className="flex min-h-8 items-center justify-center gap-2.5 rounded-control font-[650] focus-visible:outline-rail-ink wide:justify-start wide:px-2">
        <Mark onRail />
        <span className="sr-only text-phone wide:not-sr-only">Secret Store</span>
      </Link>
      <RailLinks person={person} />
      <RailFoot person={person} />
      </div>
    </header>
  );
}
