import { Box, Database } from 'lucide-react';
import Link from 'next/link';
import { LinkButton } from '@/components/layout/link-button';
import { isBuiltIn } from '@/components/secrets/provider-option';
import { Badge } from '@/components/ui/badge';
import { Breakable } from '@/components/ui/breakable';
import { cx } from '@/components/ui/cx';
import { IconTile } from '@/components/ui/icon-tile';
import { RelativeTime } from '@/components/ui/relative-time';
import { RowFacts } from '@/components/ui/row-list';
import { relatively } from '@/components/ui/time';
import { paths } from '@/lib/paths';
import type { ProviderView } from '@/lib/schemas/provider';
import { counted } from '@/lib/words';
import { HealthBars } from './health-bars';
import { spanOf, type HealthDay } from './health-day';
import { ProviderMenu } from './provider-menu';
import { ProviderStatus } from './provider-status';
import { RemoveProvider } from './remove-provider';
import { Trouble } from './trouble';

/** A provider with how its day went. */
export type ListedProvider = ProviderView & { day: HealthDay; /** Milliseconds that half of its calls took at most. */ p50?: number | undefined; tested?: string | undefined };

type ProviderRowProps = { provider: ListedProvider; editable: boolean; now: number };

/** What it is, how it is, what may be done with it; on narrow windows one under the other, trouble below all. */
export function ProviderRow({ provider, editable, now }: ProviderRowProps) {
  const builtIn = isBuiltIn(provider);
  const columns = editable ? 'wide:grid-cols-[minmax(0,1fr)_12rem_13rem]' : 'wide:grid-cols-[minmax(0,1fr)_12rem]';
  return (
    <li className="relative flex flex-col gap-3 px-4 py-4.5 tablet:px-5">
      <div className={cx('grid gap-3 tablet:grid-cols-[minmax(0,1fr)_auto] tablet:items-center wide:gap-4.5', columns)}>
        <div className="flex min-w-0 items-start gap-3.5 tablet:items-center tablet:gap-4.5">
          <IconTile icon={builtIn ? Database : Box} />
          <About provider={provider} isBuiltIn={builtIn} now={now} />
        </div>
        <div className="tablet:order-last tablet:col-span-2 tablet:pl-13.5 wide:order-none wide:col-span-1 wide:pl-0">
          <RowHealth provider={provider} isBuiltIn={builtIn} now={now} />
        </div>
        {editable ? <Actions provider={provider} isBuiltIn={builtIn} /> : null}
      </div>
      <Trouble provider={provider} editable={editable} where="row" />
    </li>
  );
}

type PartProps = { provider: ListedProvider; isBuiltIn: boolean };

function About({ provider, isBuiltIn: builtIn, now }: PartProps & { now: number }) {
  const used = provider.usedBy === 0 ? 'No secrets yet' : counted(provider.usedBy, 'secret');
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-0.5">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 pr-11 tablet:pr-0">
        <h2 className="min-w-0 text-lead font-[650]">
          <Link href={paths.provider(provider.id)} className="inline-flex min-h-6 items-center rounded-badge hover:underline pointer-coarse:min-h-11">
            <Breakable>{provider.name}</Breakable>
          </Link>
        </h2>
        {provider.isDefault ? <Badge tone="accent">Default</Badge> : null}
      </div>
      <p className="break-words text-ink-2">{provider.description}</p>
      <RowFacts
        facts={[
          used,
          builtIn ? 'Built in' : <ModuleName key="module" provider={provider} />,
          ...(provider.tested ? [<>Tested <RelativeTime at={provider.tested} now={now} /></>] : []),
        ]}
      />
    </div>
  );
}

function ModuleName({ provider }: { provider: ProviderView }) {
  if (provider.moduleName === '') return 'No module';
  return (
    <>
      <Breakable>{provider.moduleName}</Breakable>
      {provider.moduleSha256 === '' ? ', not uploaded' : null}
    </>
  );
}

function RowHealth({ provider: { status, day, p50 }, isBuiltIn: builtIn, now }: PartProps & { now: number }) {
  const fails = status.state === 'failing';
  const aside = fails ? relatively(status.since, now).replace(/ ago$/, '') : p50 === undefined ? '' : spanOf(p50);
  return (
    <div className={cx('flex flex-col gap-2', !builtIn && 'tablet:flex-row tablet:items-end tablet:gap-4 wide:flex-col wide:items-stretch wide:gap-2')}>
      <div className={cx('flex items-center justify-between gap-3', !builtIn && 'tablet:w-51 tablet:shrink-0 wide:w-auto')}>
        <ProviderStatus state={status.state} />
        <span className="text-small text-ink-3">
          {fails ? 'for ' : aside === '' ? null : <span className="sr-only">half of its calls within </span>}
          {aside}
        </span>
      </div>
      {/* Nothing calls the built-in one's plugin, since it has none. */}
      {builtIn ? null : <HealthBars day={day} className="h-5" />}
    </div>
  );
}

function Actions({ provider, isBuiltIn: builtIn }: PartProps) {
  return (
    <div className="flex items-center gap-2 tablet:justify-end">
      {builtIn ? null : (
        <>
          <LinkButton size="small" href={paths.updateProvider(provider.id)} name={`Update ${provider.name}`} className="flex-1 tablet:flex-none">
            Update
          </LinkButton>
          <span className="flex flex-1 justify-center rounded-control border border-line-mid *:w-full tablet:flex-none tablet:border-transparent">
            <RemoveProvider provider={provider} />
          </span>
        </>
      )}
      <ProviderMenu provider={provider} where="row" />
    </div>
  );
}
