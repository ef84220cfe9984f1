import { notFound } from 'next/navigation';
import { cache } from 'react';
import { orNotFound } from '@/app/or-not-found';
import { isBuiltIn } from '@/components/secrets/provider-option';
import { may } from '@/lib/auth/permissions';
import { requirePageCaller } from '@/lib/auth/session';
import { getProvider } from '@/lib/providers/service';

/** The provider of a page's address; the not-found page when there is none, or for who may not see providers. */
export const providerOfPage = cache(async (id: string) => {
  const caller = await requirePageCaller();
  const provider = await orNotFound(getProvider(caller, id));
  return { caller, provider, editable: may(caller, 'provider.change'), builtIn: isBuiltIn(provider) };
});

/** As `providerOfPage`, for pages of what the built-in one does not have. */
export const pluginOfPage = cache(async (id: string) => {
  const found = await providerOfPage(id);
  if (found.builtIn) notFound();
  return found;
});

/** The provider of a page that changes it; not found for who may not, and for the built-in one. */
export const changeableProvider = cache(async (id: string) => {
  const { caller, provider, editable } = await pluginOfPage(id);
  if (!editable) notFound();
  return { caller, provider };
});
