import { notFound } from 'next/navigation';
import { cache } from 'react';
import { orNotFound } from '@/app/or-not-found';
import { isBuiltIn } from '@/components/secrets/provider-option';
import { may } from '@/lib/auth/permissions';
import { requirePageCaller } from '@/lib/auth/session';
import { getProvider } from '@/lib/providers/service';

/** The provider of a page that changes it; not found for who may not, and for the built-in one. */
export const changeableProvider = cache(async (id: string) => {
  const caller = await requirePageCaller();
  if (!may(caller, 'provider.change')) notFound();
  const provider = await orNotFound(getProvider(caller, id));
  if (isBuiltIn(provider)) notFound();
  return { caller, provider };
});
