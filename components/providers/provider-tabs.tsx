'use client';

import { useSelectedLayoutSegment } from 'next/navigation';
import { Tabs } from '@/components/layout/tabs';
import { paths } from '@/lib/paths';

/** The pages of a provider; the built-in one has neither modules nor a log. */
export function ProviderTabs({ id, secrets, isBuiltIn }: { id: string; secrets: number; isBuiltIn: boolean }) {
  const segment = useSelectedLayoutSegment();
  const tabs = [
    { segment: '(overview)', name: 'Overview', href: paths.provider(id) },
    { segment: 'secrets', name: 'Secrets', count: secrets, href: paths.providerSecrets(id) },
    ...(isBuiltIn ? [] : [{ segment: 'modules', name: 'Module history', href: paths.providerModules(id) }, { segment: 'log', name: 'Log', href: paths.providerLog(id) }]),
  ];
  return <Tabs label="Pages of this provider" tabs={tabs.map(({ segment: own, ...tab }) => ({ ...tab, current: own === segment }))} />;
}
