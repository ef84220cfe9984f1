'use client';

import { FailedToLoad, type Failure } from '@/components/layout/failed-to-load';

export default function ApiKeysFailed(failure: Failure) {
  return <FailedToLoad {...failure} page="API keys" title="The API keys could not be loaded" />;
}
