import type { Metadata } from 'next';
import { ProviderForm } from '@/components/forms/provider-form';
import { LinkButton } from '@/components/layout/link-button';
import { Lead, PageHeader } from '@/components/layout/page-header';
import { Breakable } from '@/components/ui/breakable';
import { paths } from '@/lib/paths';
import { listModules } from '@/lib/providers/modules';
import { changeableProvider } from '../provider';

export const metadata: Metadata = { title: 'Update secret provider' };

export default async function UpdateProviderPage({ params }: { params: Promise<{ id: string }> }) {
  const { caller, provider } = await changeableProvider((await params).id);
  const current = (await listModules(caller, provider.id)).find(({ isCurrent }) => isCurrent);
  const { title, version, notes, candidates } = current?.inspection ?? {};
  const shown = current && { sha256: current.sha256, fileName: current.fileName, size: current.size, title: title ?? '', version: version ?? '', notes: notes ?? [], candidates: candidates ?? [] };
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
      <ProviderForm provider={provider} module={shown} />
    </>
  );
}
