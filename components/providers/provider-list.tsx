'use client';

import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/layout/link-button';
import { Note } from '@/components/ui/note';
import { Paging } from '@/components/ui/paging';
import { RowList } from '@/components/ui/row-list';
import { paths } from '@/lib/paths';
import { ProviderFilter, type Filter } from './provider-filter';
import { ProviderRow, type ListedProvider } from './provider-row';

/** From so many on, one looks for a provider rather than at all of them. */
const worthFiltering = 5;

type ProviderListProps = {
  /** Those that pass the filter. */
  providers: ListedProvider[];
  /** How many there are without it. */
  total: number;
  filter: Filter;
  hasDefault: boolean;
  editable: boolean;
  now: number;
};

/** Whether every provider is well; trouble opens in its row. */
export function ProviderList({ providers, total, filter, hasDefault, editable, now }: ProviderListProps) {
  const isFiltered = filter.query !== '' || filter.status !== '';
  return (
    <div className="flex flex-col gap-3">
      {hasDefault ? null : (
        <Note tone="warn">
          <strong className="font-semibold text-ink">No provider is the default.</strong> Scripts that name none cannot add secrets.
          {editable ? ' Choose Make default in the menu of a provider that is enabled.' : ' An admin can make one the default.'}
        </Note>
      )}
      {total >= worthFiltering || isFiltered ? <ProviderFilter filter={filter} /> : null}
      {providers.length === 0 && isFiltered ? (
        <EmptyState title="No provider is like that" action={<LinkButton href={paths.secretStore()}>Show all</LinkButton>}>
          Look for a part of its name or of its module’s, or choose another status.
        </EmptyState>
      ) : (
        <RowList label="Secret providers">
          {providers.map((provider) => (
            <ProviderRow key={provider.id} provider={provider} editable={editable} now={now} />
          ))}
        </RowList>
      )}
      <div role="status" className="flex items-baseline justify-between gap-4">
        <p className="text-caption text-ink-3">Health: last 24 hours, one bar for 30 minutes</p>
        <Paging shown={providers.length} total={total} />
      </div>
    </div>
  );
}
