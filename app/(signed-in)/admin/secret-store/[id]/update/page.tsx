import type { Metadata } from 'next';
import { ProviderForm } from '@/components/forms/provider-form';
import { LinkButton } from '@/components/layout/link-button';
import { Lead, PageHeader } from '@/components/layout/page-header';
import { Breakable } from '@/components/ui/breakable';
import { paths } from '@/lib/paths';
import { listModules, shownModule } from '@/lib/providers/modules';
import { serverSettings } from '@/lib/providers/server-settings';
import { listProviders } from '@/lib/providers/service';
import { changeableProvider } from '../provider';

export const metadata: Metadata = { title: 'Update secret provider' };

export default async function UpdateProviderPage({ params }: { params: Promise<{ id: string }> }) {
  const { caller, provider } = await changeableProvider((await params).id);
  const [modules, providers] = await Promise.all([listModules(caller, provider.id), listProviders(caller)]);
  const current = modules.find(({ isCurrent }) => isCurrent);
  const shown = current && (await shownModule(current, provider.factoryClassName));
  return (
    <>
      <PageHeader
        trail={[{ name: 'Secret store', href: paths.secretStore() }]}
        title="Update secret provider"
        action={<LinkButton href={paths.secretStore()}>Cancel</LinkButton>}
      >
        <Lead>
          <Breakable>{provider.name}</Breakable>
        </Lead>
      </PageHeader>
      <ProviderForm provider={provider} module={shown} defaultName={providers.find(({ isDefault }) => isDefault)?.name ?? ''} server={serverSettings(caller)} />
    </>
  );
}
