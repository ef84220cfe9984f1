import { Button } from '@/components/ui/button';
import type { ProviderView } from '@/lib/schemas/provider';
import { counted } from '@/lib/words';
import { RemoveProvider } from './remove-provider';

type RemoveCardProps = { provider: ProviderView; usage: { secrets: number; algorithms: number | null } };

/** Why a provider cannot be removed now; undefined when it can. */
function obstacleOf({ provider, usage: { secrets, algorithms } }: RemoveCardProps): string | undefined {
  if (secrets > 0) {
    const where = algorithms === null ? '' : ` in ${counted(algorithms, 'algorithm')}`;
    return `${counted(secrets, 'secret')}${where} ${secrets === 1 ? 'uses' : 'use'} it. Remove ${secrets === 1 ? 'it' : 'them'} first.`;
  }
  return provider.isDefault ? 'It is the default. Make another provider the default first.' : undefined;
}

/** Who is affected by the removal of a provider, and its button. */
export function RemoveCard(props: RemoveCardProps) {
  const obstacle = obstacleOf(props);
  return (
    <section aria-labelledby="remove" className="flex flex-col gap-3 rounded-card border border-line bg-surface px-4 py-4 tablet:flex-row tablet:items-center tablet:justify-between tablet:px-5">
      <div className="flex min-w-0 flex-col gap-0.5">
        <h2 id="remove" className="font-[650]">
          Remove this provider
        </h2>
        <p id="remove-reason" className="text-ink-2">
          {obstacle ?? 'No secret uses it. What is in its backend stays where it is.'}
        </p>
      </div>
      <div className="shrink-0">
        {obstacle === undefined ? (
          <RemoveProvider provider={props.provider} />
        ) : (
          <Button unavailable aria-describedby="remove-reason">
            Remove…
          </Button>
        )}
      </div>
    </section>
  );
}
