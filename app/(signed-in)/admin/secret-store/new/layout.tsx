import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { may } from '@/lib/auth/permissions';
import { requirePageCaller } from '@/lib/auth/session';

/** Above the skeleton, since what follows one can no longer be answered with 404. */
export default async function NewProviderLayout({ children }: { children: ReactNode }) {
  if (!may(await requirePageCaller(), 'provider.change')) notFound();
  return children;
}
