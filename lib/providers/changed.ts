import { log } from '@/lib/log';
import { warmUp } from '@/lib/providers/plugin';
import { algorithmsOn } from '@/lib/providers/store';
import type { ProviderView } from '@/lib/schemas/provider';
import { notifyChange } from '@/lib/secrets/notify';

/**
 * What follows when a provider was saved: its plugin is started with what is new, and workers that have secrets on it are
 * told. Nobody waits for either.
 */
export function providerChanged(provider: ProviderView): void {
  warmUp(provider);
  if (provider.usedBy === 0) return;
  algorithmsOn(provider.id).then(
    (ids) => ids.forEach(notifyChange),
    () => log.warn('a change of a provider could not be announced; workers learn of it at the next start'),
  );
}
