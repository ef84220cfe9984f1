'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cx } from '@/components/ui/cx';
import { navigationFor, type NavItem } from './nav-items';

type RailLinksProps = { person: { seesAdminPages: boolean }; drawer?: boolean };

/** The navigation's links; `drawer` shows names whatever the width. */
export function RailLinks({ person, drawer = false }: RailLinksProps) {
  const pathname = usePathname();
  return (
    <nav aria-label="Main" className="flex flex-col gap-5">
      {navigationFor(person).map((section) => (
        <div key={section.title ?? ''} className="flex flex-col gap-1">
          {section.title ? (
            <p className={cx('px-2.5 pb-1 text-caption text-rail-ink-2', !drawer && 'sr-only wide:not-sr-only')}>{section.title}</p>
          ) : null}
          <ul className="flex flex-col gap-1">
            {section.items.map((item) => (
              <li key={item.href}>
                <RailLink item={item} drawer={drawer} current={pathname === item.href || pathname.startsWith(`${item.href}/`)} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function RailLink({ item, current, drawer }: { item: NavItem; current: boolean; drawer: boolean }) {
  const Icon = item.icon;
  return (
    <Link href={item.href} aria-current={current ? 'page' : undefined} className={railItemClass(current, drawer)}>
      <Icon aria-hidden="true" className="shrink-0" size={18} strokeWidth={1.75} />
      <RailText drawer={drawer}>{item.name}</RailText>
    </Link>
  );
}

/** The look of whatever stands in the rail. */
export function railItemClass(current: boolean, drawer: boolean): string {
  return cx(
    'group relative flex min-h-10 w-full items-center gap-3 rounded-control font-semibold transition-colors hover:bg-rail-2 hover:text-rail-ink focus-visible:outline-rail-ink',
    drawer ? 'min-h-11 px-2.5' : 'justify-center wide:min-h-9 wide:justify-start wide:px-2.5',
    current ? 'bg-rail-2 text-rail-ink' : 'text-rail-ink-2',
  );
}

/** A rail item's name; where there is room for the icon only, a tooltip beside it. */
export function RailText({ drawer, children }: { drawer: boolean; children: string }) {
  if (drawer) return <span>{children}</span>;
  return (
    <span className="pointer-events-none fixed left-17 z-30 rounded-badge bg-toast px-2 py-1 text-caption whitespace-nowrap text-toast-ink opacity-0 transition-opacity group-hover:opacity-100 group-focus-visible:opacity-100 wide:static wide:bg-transparent wide:p-0 wide:text-body wide:text-current wide:opacity-100">
      {children}
    </span>
  );
}
