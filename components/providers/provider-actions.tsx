'use client';

import { CirclePlay } from 'lucide-react';
import { LinkButton } from '@/components/layout/link-button';
import { Button } from '@/components/ui/button';
import { paths } from '@/lib/paths';
import type { ProviderView } from '@/lib/schemas/provider';
import { ProviderMenu } from './provider-menu';
import { useTestOfPage } from './provider-test-scope';

/** The buttons of a provider's page. A provider without its module has nothing to test. */
export function ProviderActions({ provider, isBuiltIn }: { provider: ProviderView; isBuiltIn: boolean }) {
  const { state, begin } = useTestOfPage();
  return (
    <div className="flex flex-wrap items-center gap-2">
      {provider.moduleSha256 === '' ? null : (
        <Button kind="primary" size="large" busy={state?.isRunning ? 'Testing…' : null} onClick={begin}>
          <CirclePlay aria-hidden="true" size={17} strokeWidth={1.75} />
          Test provider
        </Button>
      )}
      {isBuiltIn ? null : (
        <LinkButton size="large" href={paths.updateProvider(provider.id)}>
          Update
        </LinkButton>
      )}
      <ProviderMenu provider={provider} where="page" />
    </div>
  );
}
