import { Eye } from 'lucide-react';
import { Breadcrumbs } from '@/components/layout/breadcrumbs';
import { Lead } from '@/components/layout/page-header';
import { Badge } from '@/components/ui/badge';
import { Breakable } from '@/components/ui/breakable';
import { paths } from '@/lib/paths';
import type { ProviderView } from '@/lib/schemas/provider';
import { ProviderActions } from './provider-actions';
import { ProviderBadge } from './provider-status';

type ProviderHeaderProps = { provider: ProviderView; editable: boolean; isBuiltIn: boolean };

/** Which provider this is, how it is, and what may be done with it. */
export function ProviderHeader({ provider, editable, isBuiltIn }: ProviderHeaderProps) {
  return (
    <header className="flex flex-col gap-1">
      <Breadcrumbs trail={[{ name: 'Secret store', href: paths.secretStore() }]} />
      <div className="flex flex-col gap-4 tablet:flex-row tablet:items-start tablet:justify-between">
        <div className="flex min-w-0 flex-col gap-1">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1 py-px">
            <h1 className="min-w-0 text-h1-phone font-[680] tracking-tight tablet:text-h1">
              <Breakable>{provider.name}</Breakable>
            </h1>
            <ProviderBadge state={provider.status.state} />
            {provider.isDefault ? <Badge tone="accent">Default</Badge> : null}
            {editable ? null : <Badge icon={Eye}>Read-only</Badge>}
          </div>
          {provider.description === '' ? null : (
            <Lead>
              <span className="[overflow-wrap:anywhere]">{provider.description}</span>
            </Lead>
          )}
        </div>
        {editable ? <ProviderActions provider={provider} isBuiltIn={isBuiltIn} /> : null}
      </div>
    </header>
  );
}
