import Link from 'next/link';
import type { ReactNode } from 'react';
import { paths } from '@/lib/paths';
import { Mark } from './mark';

/** A page outside the navigation: the mark on top, one column of text. */
export function SimplePage({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-180 flex-col gap-10 px-4 py-8 tablet:px-11 tablet:py-10">
      <header>
        <Link href={paths.home()} className="inline-flex min-h-11 items-center gap-2.5 rounded-control text-phone font-[650]">
          <Mark />
          Secret Store
        </Link>
      </header>
      <main className="flex flex-col gap-6">{children}</main>
    </div>
  );
}
