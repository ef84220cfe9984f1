import { Ban, CircleCheck, CircleX, Clock } from 'lucide-react';
import { Badge } from '@/components/ui/badge';
import { Status } from '@/components/ui/status';
import type { ProviderView } from '@/lib/schemas/provider';

type State = ProviderView['status']['state'];

/** One word or two for how a provider is. */
export const stateNames: Record<State, string> = { ok: 'Healthy', failing: 'Failing', module_missing: 'Module missing', unknown: 'Not tested yet', disabled: 'Disabled' };

const looks = { ok: 'ok', failing: 'failing', module_missing: 'waiting', unknown: 'off', disabled: 'off' } as const satisfies Record<State, string>;

/** How a provider is, in its row. */
export function ProviderStatus({ state }: { state: State }) {
  // What is not known is neither a mark of success nor one of failure.
  if (state === 'unknown') return <span className="text-small text-ink-3">{stateNames.unknown}</span>;
  return <Status state={looks[state]}>{stateNames[state]}</Status>;
}

const badges = {
  ok: { tone: 'ok', icon: CircleCheck },
  failing: { tone: 'danger', icon: CircleX },
  module_missing: { tone: 'warn', icon: Clock },
  disabled: { tone: 'plain', icon: Ban },
} as const;

/** The same beside the heading of its page. */
export function ProviderBadge({ state }: { state: State }) {
  if (state === 'unknown') return null;
  return <Badge {...badges[state]}>{stateNames[state]}</Badge>;
}
