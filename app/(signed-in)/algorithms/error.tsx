'use client';

import { FailedToLoad, type Failure } from '@/components/layout/failed-to-load';

export default function AlgorithmsFailed(failure: Failure) {
  return <FailedToLoad {...failure} page="Algorithms" title="The algorithms could not be loaded" />;
}
