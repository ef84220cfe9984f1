import Link from 'next/link';
import { cx } from '@/components/ui/cx';

type TabsProps = { label: string; tabs: { name: string; /** How many there are on that page. */ count?: number; href: string; current: boolean }[] };

/** The pages of one thing, as links. */
export function Tabs({ label, tabs }: TabsProps) {
  return (
    <nav aria-label={label} className="border-b border-line">
      <ul className="-mb-px flex flex-wrap gap-x-3.5 min-[24rem]:gap-x-5 tablet:gap-x-6">
        {tabs.map((tab) => (
          <li key={tab.href}>
            <Link
              href={tab.href}
              aria-current={tab.current ? 'page' : undefined}
              className={cx(
                'inline-flex min-h-11 items-center justify-center border-b-2 font-semibold tablet:min-h-10 pointer-coarse:min-w-11',
                tab.current ? 'border-accent text-ink' : 'border-transparent text-ink-2 hover:text-ink',
              )}
            >
              {tab.name}
              {tab.count === undefined ? null : <span className="ml-1.5 font-[450] text-ink-2">{tab.count.toLocaleString('en')}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
