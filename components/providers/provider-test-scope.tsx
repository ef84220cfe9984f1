'use client';

import { useRouter } from 'next/navigation';
import { createContext, useContext, useEffect, useEffectEvent, type ReactNode } from 'react';
import { paths } from '@/lib/paths';
import { useProviderTest, type ProviderTestState } from './use-provider-test';
import { takeWantedTest } from './wanted-test';

interface ProviderTest {
  state: ProviderTestState | null;
  begin: () => void;
  stop: () => void;
}

const TestContext = createContext<ProviderTest | null>(null);

export function useTestOfPage(): ProviderTest {
  const test = useContext(TestContext);
  if (!test) throw new Error('useTestOfPage is used outside ProviderTestScope');
  return test;
}

/** One test for all pages of a provider: it goes on while one looks at another tab. */
export function ProviderTestScope({ providerId, children }: { providerId: string; children: ReactNode }) {
  const router = useRouter();
  const { state, startSaved, stop } = useProviderTest();
  const begin = () => {
    startSaved(providerId).then(
      // Status, health and log are others now.
      () => router.refresh(),
      // Said where the test is shown.
      () => undefined,
    );
  };
  const onOpen = useEffectEvent(() => {
    if (takeWantedTest(providerId)) begin();
  });
  useEffect(() => onOpen(), []);
  const start = () => {
    router.push(paths.provider(providerId));
    begin();
  };
  return <TestContext value={{ state, begin: start, stop }}>{children}</TestContext>;
}
