import { Eye } from 'lucide-react';
import type { Metadata } from 'next';
import { orNotFound } from '@/app/or-not-found';
import { Lead, PageHeader } from '@/components/layout/page-header';
import { DocumentationLink } from '@/components/layout/text-link';
import { ProviderList } from '@/components/providers/provider-list';
import { Badge } from '@/components/ui/badge';
import { may } from '@/lib/auth/permissions';
import { requirePageCaller } from '@/lib/auth/session';
import { listProviders } from '@/lib/providers/service';

export const metadata: Metadata = { title: 'Secret store' };

export default async function SecretStorePage() {
  const caller = await requirePageCaller();
  const providers = await orNotFound(listProviders(caller));
  const editable = may(caller, 'provider.change');
  return (
    <>
      <PageHeader title="Secret store" aside={editable ? undefined : <Badge icon={Eye}>Read-only</Badge>}>
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
