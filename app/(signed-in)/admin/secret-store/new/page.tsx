import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ProviderForm } from '@/components/forms/provider-form';
import { LinkButton } from '@/components/layout/link-button';
import { PageHeader } from '@/components/layout/page-header';
import { may } from '@/lib/auth/permissions';
import { requirePageCaller } from '@/lib/auth/session';
import { paths } from '@/lib/paths';
import { serverSettings } from '@/lib/providers/server-settings';
import { listProviders } from '@/lib/providers/service';

export const metadata: Metadata = { title: 'New secret provider' };

export default async function NewProviderPage() {
  const caller = await requirePageCaller();
  // It is made beside its layout, whose answer it does not wait for.
  if (!may(caller, 'provider.change')) notFound();
  const providers = await listProviders(caller);
  return (
    <>
      <PageHeader
        trail={[{ name: 'Secret store', href: paths.secretStore() }]}
        title="New secret provider"
        action={<LinkButton href={paths.secretStore()}>Cancel</LinkButton>}
      />
      <ProviderForm defaultName={providers.find(({ isDefault }) => isDefault)?.name ?? ''} server={serverSettings(caller)} />
    </>
  );
}
