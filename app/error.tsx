'use client';

import { FailedToLoad, type Failure } from '@/components/layout/failed-to-load';
import { SimplePage } from '@/components/layout/simple-page';

export default function PageFailed(failure: Failure) {
  return (
    <SimplePage>
      <FailedToLoad {...failure} page="Secret Store" title="The page could not be loaded" />
    </SimplePage>
  );
}
