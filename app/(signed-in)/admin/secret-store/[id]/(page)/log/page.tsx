import type { Metadata } from 'next';
import { ProviderLogText } from '@/components/providers/provider-log';
import { RefreshButton } from '@/components/providers/refresh-button';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { getLog } from '@/lib/providers/health-service';
import { pluginOfPage } from '../../provider';

type LogProps = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: LogProps): Promise<Metadata> {
  return { title: `Log, ${(await pluginOfPage((await params).id)).provider.name}` };
}

export default async function ProviderLogPage({ params }: LogProps) {
  const { caller, provider } = await pluginOfPage((await params).id);
  const log = await getLog(caller, provider.id);
  const last = log.printed.at(-1);
  if (!last) {
    return (
      <EmptyState title="Its plugin has printed nothing since this server started" action={<RefreshButton />}>
        What its process prints on this server, tests included, is kept in memory, without the values that are known.
      </EmptyState>
    );
  }
  return (
    <section aria-labelledby="log" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <div className="flex flex-col gap-0.5">
          <h2 id="log" className="text-h2 font-[650]">
            Log
          </h2>
          <p className="max-w-150 text-ink-2">
            The last 64 KB that its plugin printed on this server, tests included, in UTC. Values that are known are left out of it. Last line{' '}
            <RelativeTime at={last.at} now={Date.now()} />.
          </p>
        </div>
        <RefreshButton />
      </div>
      <ProviderLogText log={log} />
    </section>
  );
}
