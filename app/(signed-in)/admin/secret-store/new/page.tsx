import type { Metadata } from 'next';
import { ProviderForm } from '@/components/forms/provider-form';
import { LinkButton } from '@/components/layout/link-button';
import { PageHeader } from '@/components/layout/page-header';
import { paths } from '@/lib/paths';

export const metadata: Metadata = { title: 'New secret provider' };

export default function NewProviderPage() {
  return (
    <>
      <PageHeader
        trail={[{ name: 'Secret store', href: paths.secretStore() }]}
        title="New secret provider"
        action={<LinkButton href={paths.secretStore()}>Cancel</LinkButton>}
      />
      <ProviderForm />
    </>
  );
}
