'use client';

import { FailedToLoad, type Failure } from '@/components/layout/failed-to-load';

export default function ProviderFailed(failure: Failure) {
  return <FailedToLoad {...failure} page="Secret provider" title="The provider could not be loaded" />;
}
