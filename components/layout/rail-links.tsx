'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cx } from '@/components/ui/cx';
import { navigationFor, type NavItem } from './nav-items';
import { railItemClass, RailText } from './rail-item';

type RailLinksProps = { person: { seesAdminPages: boolean }; drawer?: boolean };

/** The navigation's links; `drawer` shows names whatever the width. */
export function RailLinks({ person, drawer = false }: RailLinksProps) {
  const pathname = usePathname();
  return (
    <nav aria-label="Main" className="flex flex-col gap-5">
      {navigationFor(person).map((section) => (
        <div key={section.title ?? ''} className="flex flex-col gap-1">
          {section.title ? (
            <p className={cx('pb-1 text-caption text-rail-ink-2', drawer ? 'px-2.5' : 'sr-only wide:not-sr-only wide:px-2.5 wide:pb-1')}>{section.title}</p>
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
