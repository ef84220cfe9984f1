'use client';

import { FailedToLoad } from '@/components/layout/failed-to-load';
import { SimplePage } from '@/components/layout/simple-page';

export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <SimplePage>
      <h1 className="sr-only">Secret Store</h1>
      <FailedToLoad title="The page could not be loaded" digest={error.digest} reset={reset} />
    </SimplePage>
  );
}
