'use client';

import { RefreshCw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { Button } from '@/components/ui/button';

/** Reads the page's contents anew. */
export function RefreshButton() {
  const router = useRouter();
  const [reading, startReading] = useTransition();
  return (
    <Button size="small" busy={reading ? 'Reading…' : null} onClick={() => startReading(() => router.refresh())}>
      <RefreshCw aria-hidden="true" size={15} strokeWidth={1.75} />
      Refresh
    </Button>
  );
}
