import type { ReactNode } from 'react';
import { ProviderHeader } from '@/components/providers/provider-header';
import { ProviderTabs } from '@/components/providers/provider-tabs';
import { ProviderTestScope } from '@/components/providers/provider-test-scope';
import { providerOfPage } from '../provider';

type ProviderLayoutProps = { params: Promise<{ id: string }>; children: ReactNode };

/** What all pages of a provider have in common; above every skeleton, since what follows one can no longer be answered with 404. */
export default async function ProviderLayout({ params, children }: ProviderLayoutProps) {
  const { provider, editable, builtIn } = await providerOfPage((await params).id);
  return (
    <ProviderTestScope providerId={provider.id}>
      <ProviderHeader provider={provider} editable={editable} isBuiltIn={builtIn} />
      <ProviderTabs id={provider.id} secrets={provider.usedBy} isBuiltIn={builtIn} />
      {children}
    </ProviderTestScope>
  );
}
