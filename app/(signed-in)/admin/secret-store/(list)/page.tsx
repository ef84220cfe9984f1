import { Eye, Plus } from 'lucide-react';
import type { Metadata } from 'next';
import { orNotFound } from '@/app/or-not-found';
import { LinkButton } from '@/components/layout/link-button';
import { Lead, PageHeader } from '@/components/layout/page-header';
import { DocumentationLink } from '@/components/layout/text-link';
import { healthDay } from '@/components/providers/health-day';
import type { Filter } from '@/components/providers/provider-filter';
import { ProviderList } from '@/components/providers/provider-list';
import { Badge } from '@/components/ui/badge';
import { may } from '@/lib/auth/permissions';
import { requirePageCaller } from '@/lib/auth/session';
import { paths } from '@/lib/paths';
import { listHealthOfAll } from '@/lib/providers/health-service';
import { listProviders } from '@/lib/providers/service';
import { providerStateSchema, type ProviderView } from '@/lib/schemas/provider';

export const metadata: Metadata = { title: 'Secret store' };

type SecretStoreProps = { searchParams: Promise<{ q?: string | string[]; status?: string | string[] }> };

/** What the address asks for; what it cannot ask for is nothing. */
async function filterOf(searchParams: SecretStoreProps['searchParams']): Promise<Filter> {
  const { q, status } = await searchParams;
  const state = providerStateSchema.safeParse(status);
  return { query: typeof q === 'string' ? q : '', status: state.success ? state.data : '' };
}

function passes({ name, moduleName, status }: ProviderView, filter: Filter): boolean {
  const wanted = filter.query.toLowerCase();
  return [name, moduleName].some((text) => text.toLowerCase().includes(wanted)) && (filter.status === '' || filter.status === status.state);
}

export default async function SecretStorePage({ searchParams }: SecretStoreProps) {
  const caller = await requirePageCaller();
  const health = await orNotFound(listHealthOfAll(caller));
  const all = await orNotFound(listProviders(caller));
  const filter = await filterOf(searchParams);
  const providers = all.filter((provider) => passes(provider, filter)).map((provider) => {
    const { halfHours = [], milliseconds, tested } = health.get(provider.id) ?? {};
    return { ...provider, day: healthDay(halfHours), p50: milliseconds?.p50, tested };
  });
  const editable = may(caller, 'provider.change');
  return (
    <>
      <PageHeader
        title="Secret store"
        aside={editable ? undefined : <Badge icon={Eye}>Read-only</Badge>}
        action={
          editable ? (
            <LinkButton kind="primary" href={paths.newProvider()}>
              <Plus aria-hidden="true" size={16} strokeWidth={1.75} />
              New Provider
            </LinkButton>
          ) : undefined
        }
      >
        <Lead>
          Secret providers allow you to provide encrypted environment variables to algorithms. In addition to the internal secret provider,
          you can also create custom secret providers.
        </Lead>
        <div className="mt-1.5 flex">
          <DocumentationLink section="secret-store" />
        </div>
      </PageHeader>
      <ProviderList providers={providers} total={all.length} filter={filter} hasDefault={all.some(({ isDefault }) => isDefault)} editable={editable} now={Date.now()} />
    </>
  );
}
