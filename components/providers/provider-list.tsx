'use client';

import { Box, Database } from 'lucide-react';
import { LinkButton } from '@/components/layout/link-button';
import { isBuiltIn } from '@/components/secrets/provider-option';
import { Badge } from '@/components/ui/badge';
import { Breakable } from '@/components/ui/breakable';
import { IconTile } from '@/components/ui/icon-tile';
import { Note } from '@/components/ui/note';
import { Paging } from '@/components/ui/paging';
import { Row, RowFacts, RowList } from '@/components/ui/row-list';
import { paths } from '@/lib/paths';
import type { ProviderView } from '@/lib/schemas/provider';
import { counted } from '@/lib/words';
import { MissingModule } from './missing-module';
import { ProviderMenu } from './provider-menu';
import { RemoveProvider } from './remove-provider';

type ProviderListProps = { providers: ProviderView[]; editable: boolean };

/** Whether every provider is well; trouble opens in its row. */
export function ProviderList({ providers, editable }: ProviderListProps) {
  return (
    <div className="flex flex-col gap-3">
      {providers.some((provider) => provider.isDefault) ? null : (
        <Note tone="warn">
          <strong className="font-semibold text-ink">No provider is the default.</strong> Scripts that name none cannot add secrets.
          {editable ? ' Choose Make default in the menu of a provider that is enabled.' : ' An admin can make one the default.'}
        </Note>
      )}
      <RowList label="Secret providers">
        {providers.map((provider) => (
          <ProviderRow key={provider.id} provider={provider} editable={editable} />
        ))}
      </RowList>
      <Paging shown={providers.length} />
    </div>
  );
}

function ProviderRow({ provider, editable }: { provider: ProviderView; editable: boolean }) {
  const builtIn = isBuiltIn(provider);
  const used = provider.usedBy === 0 ? 'No secrets yet' : counted(provider.usedBy, 'secret');
  return (
    <Row
      icon={<IconTile icon={builtIn ? Database : Box} />}
      actions={editable ? <Actions provider={provider} isBuiltIn={builtIn} /> : null}
      note={<Trouble provider={provider} editable={editable} />}
    >
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 pr-11 tablet:pr-0">
        <h2 className="min-w-0 text-lead font-[650]">
          <Breakable>{provider.name}</Breakable>
        </h2>
        {provider.isDefault ? <Badge tone="accent">Default</Badge> : null}
        {provider.isEnabled ? null : <Badge>Disabled</Badge>}
      </div>
      <p className="break-words text-ink-2">{provider.description}</p>
      <RowFacts facts={[used, builtIn ? 'Built in' : <ModuleName key="module" provider={provider} />]} />
    </Row>
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

function Actions({ provider, isBuiltIn: builtIn }: { provider: ProviderView; isBuiltIn: boolean }) {
  return (
    <div className="flex items-center gap-2">
      {builtIn ? null : (
        <>
          <LinkButton size="small" href={paths.updateProvider(provider.id)} name={`Update ${provider.name}`}>
            Update
          </LinkButton>
          <RemoveProvider provider={provider} />
        </>
      )}
      <ProviderMenu provider={provider} />
    </div>
  );
}

/** What is wrong with a provider, inside its row; nothing while it is well. */
function Trouble({ provider, editable }: { provider: ProviderView; editable: boolean }) {
  const { state, message } = provider.status;
  if (state === 'ok' || state === 'unknown') return null;
  if (state === 'disabled') {
    return (
      <Note tone="warn" className="tablet:ml-13.5">
        <strong className="font-semibold text-ink">New and changed secrets are refused on this provider.</strong>{' '}
        {provider.usedBy === 0 ? null : `The ${counted(provider.usedBy, 'stored secret')} ${provider.usedBy === 1 ? 'goes' : 'go'} on reaching ${provider.usedBy === 1 ? 'its algorithm' : 'their algorithms'}.`}
      </Note>
    );
  }
  if (state === 'module_missing') return <MissingModule provider={provider} editable={editable} />;
  return (
    <Note tone="danger" className="tablet:ml-13.5">
      <strong className="font-semibold text-danger">Failing.</strong> <span className="[overflow-wrap:anywhere]">{message}</span>{' '}
      {provider.usedBy === 0 ? null : `Workers go on with the last good values of ${counted(provider.usedBy, 'secret')}.`}
    </Note>
  );
}
