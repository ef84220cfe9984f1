import { Eye, Plus } from 'lucide-react';
import type { Metadata } from 'next';
import { orNotFound } from '@/app/or-not-found';
import { LinkButton } from '@/components/layout/link-button';
import { Lead, PageHeader } from '@/components/layout/page-header';
import { DocumentationLink } from '@/components/layout/text-link';
import { ProviderList } from '@/components/providers/provider-list';
import { Badge } from '@/components/ui/badge';
import { may } from '@/lib/auth/permissions';
import { requirePageCaller } from '@/lib/auth/session';
import { paths } from '@/lib/paths';
import { listProviders } from '@/lib/providers/service';

export const metadata: Metadata = { title: 'Secret store' };

export default async function SecretStorePage() {
  const caller = await requirePageCaller();
  const providers = await orNotFound(listProviders(caller));
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
      <ProviderList providers={providers} editable={editable} />
    </>
  );
}
