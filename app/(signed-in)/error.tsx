'use client';

import { FailedToLoad, type Failure } from '@/components/layout/failed-to-load';

export default function SignedInPageFailed(failure: Failure) {
  return <FailedToLoad {...failure} page="Secret Store" title="The page could not be loaded" />;
}
