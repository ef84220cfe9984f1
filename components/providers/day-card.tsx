import { counted } from '@/lib/words';
import type { ProviderHealthView } from '@/lib/schemas/provider';
import { HealthBars } from './health-bars';
import { healthDay, spanOf } from './health-day';

/** How the calls of the last day went: half an hour a bar. */
export function DayCard({ health }: { health: ProviderHealthView }) {
  const day = healthDay(health.halfHours);
  const { milliseconds } = health;
  return (
    <section aria-labelledby="day" className="rounded-card border border-line bg-surface">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 border-b border-line px-4 py-3.5 tablet:px-5">
        <h2 id="day" className="text-lead font-[650]">
          Last 24 hours
        </h2>
        {day.calls === 0 ? (
          <p className="text-small text-ink-2">No calls</p>
        ) : (
          <p className="text-small text-ink-2">
            {day.share} of {counted(day.calls, 'call')}
            {milliseconds ? `, p50 ${spanOf(milliseconds.p50)}, p99 ${spanOf(milliseconds.p99)}` : null}
          </p>
        )}
      </div>
      <div className="flex flex-col gap-2 px-4 py-5 tablet:px-5">
        <HealthBars day={day} className="h-9" />
        <p aria-hidden="true" className="flex justify-between text-caption text-ink-3">
          <span>24 h ago</span>
          <span className="hidden tablet:inline">18 h</span>
          <span>12 h</span>
          <span className="hidden tablet:inline">6 h</span>
          <span>now</span>
        </p>
        <p className="text-caption text-ink-3">Calls from this cluster’s servers; workers ask for values themselves. A test counts too.</p>
      </div>
    </section>
  );
}
