'use client';

import { FailedToLoad, type Failure } from '@/components/layout/failed-to-load';

export default function SecretsFailed(failure: Failure) {
  return <FailedToLoad {...failure} page="Algorithm" title="The secrets could not be loaded" />;
}
