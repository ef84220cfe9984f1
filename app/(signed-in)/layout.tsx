import type { ReactNode } from 'react';
import { KeepFocus } from '@/components/layout/keep-focus';
import { Rail } from '@/components/layout/rail';
import type { Person } from '@/components/layout/rail-foot';
import { TopBar } from '@/components/layout/top-bar';
import type { Caller } from '@/lib/auth/caller';
import { may } from '@/lib/auth/permissions';
import { requirePageCaller } from '@/lib/auth/session';

function personOf(caller: Caller): Person {
  const role = caller.isAdmin ? 'Admin' : caller.isClusterViewer ? 'Cluster viewer' : 'User';
  return { username: caller.username, role, seesAdminPages: may(caller, 'provider.see') };
}

/** The navigation beside every page of somebody who is signed in. */
export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const person = personOf(await requirePageCaller());
  return (
    <>
      <a
        href="#page"
        className="sr-only z-50 rounded-control bg-toast font-semibold text-toast-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:px-4 focus:py-3"
      >
        Skip to the page
      </a>
      <KeepFocus />
      <div className="tablet:flex">
        <TopBar person={person} />
        <Rail person={person} />
        <main id="page" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          <div className="mx-auto flex w-full max-w-[75.5rem] flex-col gap-6 px-4 pt-5 pb-24 tablet:px-7 tablet:pt-7 wide:px-11 wide:pt-8">
            {children}
          </div>
        </main>
      </div>
    </>
  );
}
