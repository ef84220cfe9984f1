import { notFound } from 'next/navigation';
import { cache } from 'react';
import { orNotFound } from '@/app/or-not-found';
import { getAlgorithmForPage } from '@/lib/algorithms/service';
import { requirePageCaller } from '@/lib/auth/session';
import { getSecretForPage } from '@/lib/secrets/service';

/** The algorithm of a page's address; the not-found page when there is none that this person may see. Read once per page. */
export const algorithmOfPage = cache(async (owner: string, name: string) => orNotFound(getAlgorithmForPage(await requirePageCaller(), owner, name)));

/** As `algorithmOfPage`, for pages that change its secrets. */
export const changeableAlgorithm = cache(async (owner: string, name: string) => {
  const algorithm = await algorithmOfPage(owner, name);
  if (!algorithm.mayChange) notFound();
  return algorithm;
});

/** A secret that this person may change, with its algorithm. */
export const secretOfPage = cache(async (owner: string, name: string, secretId: string) => {
  const algorithm = await changeableAlgorithm(owner, name);
  return { algorithm, stored: await orNotFound(getSecretForPage(await requirePageCaller(), algorithm.id, secretId)) };
});
