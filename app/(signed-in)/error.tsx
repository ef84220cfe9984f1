'use client';

import { FailedToLoad } from '@/components/layout/failed-to-load';

export default function SignedInError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <>
      <h1 className="sr-only">Secret Store</h1>
      <FailedToLoad title="The page could not be loaded" digest={error.digest} reset={reset} />
    </>
  );
}
