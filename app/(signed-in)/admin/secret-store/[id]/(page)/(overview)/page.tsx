import type { Metadata } from 'next';
import { DayCard } from '@/components/providers/day-card';
import { LastTest } from '@/components/providers/last-test';
import { BuiltInFacts, ProviderFacts } from '@/components/providers/provider-facts';
import { RemoveCard } from '@/components/providers/remove-card';
import { Trouble } from '@/components/providers/trouble';
import { getHealth } from '@/lib/providers/health-service';
import { countUsers } from '@/lib/providers/usage-service';
import type { ProviderView, TestResult } from '@/lib/schemas/provider';
import { counted } from '@/lib/words';
import { providerOfPage } from '../../provider';

type OverviewProps = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: OverviewProps): Promise<Metadata> {
  return { title: (await providerOfPage((await params).id)).provider.name };
}

/** Whether the test that is shown says already what the provider fails of. */
function isSaidByTest({ status }: ProviderView, lastTest: TestResult | undefined): boolean {
  const failed = lastTest?.lines.filter(({ step, state }) => step !== 'end' && state === 'failed') ?? [];
  return status.state === 'failing' && failed.some(({ message }) => status.message.startsWith(message));
}

export default async function ProviderPage({ params }: OverviewProps) {
  const { caller, provider, editable, builtIn } = await providerOfPage((await params).id);
  const [health, usage] = await Promise.all([getHealth(caller, provider.id), countUsers(caller, provider.id)]);
  return (
    <div className="flex flex-col gap-8 wide:flex-row wide:gap-10">
      <div className="flex min-w-0 flex-1 flex-col gap-6">
        {isSaidByTest(provider, health.lastTest) ? null : <Trouble provider={provider} editable={editable} where="page" />}
        {builtIn ? <BuiltInUse usage={usage} /> : <LastTest lastTest={health.lastTest} testable={provider.moduleSha256 !== ''} editable={editable} now={Date.now()} />}
        {builtIn || provider.moduleSha256 === '' ? null : <DayCard health={health} />}
        {editable && !builtIn ? <RemoveCard provider={provider} usage={usage} /> : null}
      </div>
      <div className="flex min-w-0 flex-col gap-7 wide:w-75 wide:shrink-0">
        {builtIn ? <BuiltInFacts provider={provider} /> : <ProviderFacts provider={provider} health={health} editable={editable} />}
      </div>
    </div>
  );
}

function BuiltInUse({ usage: { secrets, algorithms } }: { usage: { secrets: number; algorithms: number | null } }) {
  return (
    <section aria-labelledby="use" className="rounded-card border border-line bg-surface px-4 py-4 tablet:px-5">
      <h2 id="use" className="text-lead font-[650]">
        {secrets === 0 ? 'No secrets yet' : `${counted(secrets, 'secret')}${algorithms === null ? '' : ` in ${counted(algorithms, 'algorithm')}`}`}
      </h2>
      <p className="text-ink-2">There is no plugin to test: it works as long as this page does.</p>
    </section>
  );
}
