'use client';

import { FailedToLoad, type Failure } from '@/components/layout/failed-to-load';

export default function SecretStoreFailed(failure: Failure) {
  return <FailedToLoad {...failure} page="Secret store" title="The secret providers could not be loaded" />;
}
