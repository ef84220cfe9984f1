'use client';

import { ChevronsUpDown, LogOut } from 'lucide-react';
import { signOut } from 'next-auth/react';
import { cx } from '@/components/ui/cx';
import { Menu, MenuItem } from '@/components/ui/menu';
import { paths } from '@/lib/paths';
import type { Person } from './rail-foot';

/** The first letters of a name's parts, two at most. */
function initialsOf(username: string): string {
  const parts = username.split('_').filter(Boolean);
  const letters = parts.length > 1 ? parts.slice(0, 2).map((part) => part.charAt(0)) : [username.slice(0, 2)];
  return letters.join('').toUpperCase();
}

/** Who is signed in, and the way out. */
export function UserMenu({ person, place }: { person: Person; place: 'rail' | 'bar' }) {
  const inBar = place === 'bar';
  const named = inBar ? 'hidden' : 'hidden wide:flex';
  return (
    <Menu
      label={`Account of ${person.username}`}
      place={inBar ? 'below-right' : 'above-left'}
      triggerClass={cx(
        'flex min-h-11 items-center gap-3 rounded-control text-left transition-colors hover:bg-rail-2 focus-visible:outline-rail-ink',
        inBar ? 'w-11 justify-center' : 'w-full justify-center wide:justify-start wide:px-2',
      )}
      trigger={
        <>
          <span className="flex size-7 shrink-0 items-center justify-center rounded-control bg-rail-mark text-caption font-[650] text-on-rail-mark">
            {initialsOf(person.username)}
          </span>
          <span className={cx('flex min-w-0 flex-1 flex-col', named)}>
            <span className="truncate font-semibold">{person.username}</span>
            <span className="text-caption text-rail-ink-2">{person.role}</span>
          </span>
          <ChevronsUpDown aria-hidden="true" className={cx('shrink-0', named)} size={16} strokeWidth={1.75} />
        </>
      }
    >
      {() => (
        <>
          <p className="max-w-60 border-b border-line px-2.5 py-2 text-small break-words text-ink-2">
            <strong className="font-semibold text-ink">{person.username}</strong>, {person.role}
          </p>
          <MenuItem onSelect={() => void signOut({ callbackUrl: paths.signIn() })}>
            <LogOut aria-hidden="true" size={16} strokeWidth={1.75} />
            Sign out
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
