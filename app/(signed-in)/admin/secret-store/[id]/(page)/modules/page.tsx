import type { Metadata } from 'next';
import { ModuleHistory } from '@/components/providers/module-history';
import { Trouble } from '@/components/providers/trouble';
import { EmptyState } from '@/components/ui/empty-state';
import { getModuleHistory } from '@/lib/providers/modules';
import { pluginOfPage } from '../../provider';

type ModulesProps = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: ModulesProps): Promise<Metadata> {
  return { title: `Module history, ${(await pluginOfPage((await params).id)).provider.name}` };
}

export default async function ProviderModulesPage({ params }: ModulesProps) {
  const { caller, provider, editable } = await pluginOfPage((await params).id);
  const modules = await getModuleHistory(caller, provider.id);
  if (modules.length === 0) {
    return provider.moduleSha256 === '' ? (
      <Trouble provider={provider} editable={editable} where="page" />
    ) : (
      <EmptyState title="No module was uploaded yet">Each one that is uploaded is kept here, to go back to.</EmptyState>
    );
  }
  return (
    <section aria-labelledby="modules" className="flex flex-col gap-3">
      <h2 id="modules" className="text-h2 font-[650]">
        Module history
      </h2>
      <p className="max-w-150 text-ink-2">
        Each module that was uploaded is kept.{editable ? ' The one before serves until the other has started, and starts of algorithms go on meanwhile.' : null}
      </p>
      <ModuleHistory provider={{ id: provider.id, name: provider.name }} modules={modules} editable={editable} now={Date.now()} />
    </section>
  );
}
