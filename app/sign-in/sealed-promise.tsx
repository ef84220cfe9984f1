import { LockOpen } from 'lucide-react';
import { Mark } from '@/components/layout/mark';
import { cx } from '@/components/ui/cx';

const names = [
  { name: 'STRIPE_API_KEY', width: 'w-52', fade: 'opacity-70' },
  { name: 'SMTP_TOKEN', width: 'w-30', fade: 'opacity-80' },
  { name: 'FEATURE_STORE_TLS_KEY', width: 'w-63', fade: 'opacity-90' },
  { name: 'MYSQL_PASSWORD', width: null, fade: '' },
  { name: 'AZURE_CLIENT_SECRET', width: 'w-44', fade: 'opacity-90' },
  { name: 'SANCTIONS_TOKEN', width: 'w-57', fade: 'opacity-80' },
  { name: 'BUREAU_TOKEN', width: 'w-37', fade: 'opacity-70' },
];

/** What this place is for, told by the seal: everything closed, one opened where it is needed. */
export function SealedPromise() {
  return (
    <div className="bg-rail px-5 py-7 text-rail-ink tablet:px-14 wide:col-start-2 wide:flex wide:flex-col wide:justify-center wide:gap-16 wide:px-18">
      <p className="flex items-center gap-2.5 text-phone font-[650] wide:hidden">
        <Mark onRail />
        Secret Store
      </p>
      <ul aria-hidden="true" className="hidden flex-col gap-6 wide:flex">
        {names.map(({ name, width, fade }) => (
          <li key={name} className={cx('grid grid-cols-[17.75rem_1fr] items-center', fade)}>
            <span className={cx('font-mono text-[1.0625rem] leading-5', width ? 'text-rail-ink-2' : 'text-rail-ink')}>{name}</span>
            {width ? (
              <span className={cx('seal-on-rail h-5 max-w-full rounded-badge', width)} />
            ) : (
              <span className="flex items-center gap-2.5 text-small text-rail-ink-2">
                <LockOpen size={16} strokeWidth={1.75} />
                <span>
                  opened on <span className="font-mono">eu-west-2</span>
                </span>
              </span>
            )}
          </li>
        ))}
      </ul>
      <div className="mt-3 flex flex-col gap-3 wide:mt-0">
        <p className="max-w-130 text-phone text-rail-ink-2 wide:text-h1 wide:font-[650] wide:tracking-tight wide:text-rail-ink">
          A stored value is opened only on the worker that needs it.
        </p>
        <p className="hidden text-lead text-rail-ink-2 wide:block">Not in this page, not in the web server, not in the database.</p>
      </div>
    </div>
  );
}
