'use client';

import { Menu as MenuIcon, X } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { paths } from '@/lib/paths';
import { Mark } from './mark';
import { RailFoot, type Person } from './rail-foot';
import { RailLinks } from './rail-links';
import { UserMenu } from './user-menu';

/** The navigation of a phone: a bar on top, and a drawer with what the rail has. */
export function TopBar({ person }: { person: Person }) {
  const drawer = useRef<HTMLDialogElement>(null);
  const pathname = usePathname();
  useEffect(() => drawer.current?.close(), [pathname]);
  const button = 'inline-flex size-11 items-center justify-center rounded-control hover:bg-rail-2 focus-visible:outline-rail-ink';
  return (
    <header className="sticky top-0 z-20 flex h-14 items-center gap-1 bg-rail px-1.5 text-rail-ink tablet:hidden">
      <button type="button" aria-label="Menu" aria-haspopup="dialog" onClick={() => drawer.current?.showModal()} className={button}>
        <MenuIcon aria-hidden="true" size={20} strokeWidth={1.75} />
      </button>
      <Link href={paths.home()} className="flex min-h-11 items-center gap-2.5 rounded-control pr-2 text-phone font-[650] focus-visible:outline-rail-ink">
        <Mark onRail />
        Secret Store
      </Link>
      <span className="ml-auto text-ink">
        <UserMenu person={person} place="bar" />
      </span>
      <dialog
        ref={drawer}
        aria-label="Menu"
        onMouseDown={(event) => {
          if (event.target === drawer.current) drawer.current.close();
        }}
        className="drawer overlay m-0 h-dvh max-h-none w-70 max-w-[85vw] bg-rail p-0 text-rail-ink"
      >
        <div className="flex min-h-full flex-col gap-4 p-3">
          <div className="flex items-center justify-between">
            <span className="flex items-center gap-2.5 px-1 text-phone font-[650]">
              <Mark onRail />
              Secret Store
            </span>
            <button type="button" aria-label="Close menu" onClick={() => drawer.current?.close()} className={button}>
              <X aria-hidden="true" size={20} strokeWidth={1.75} />
            </button>
          </div>
          <RailLinks person={person} drawer />
          <RailFoot person={person} drawer />
        </div>
      </dialog>
    </header>
  );
}
