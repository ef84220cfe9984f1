import type { ReactNode } from 'react';
import { changeableAlgorithm } from '../algorithm';

type SecretsLayoutProps = { params: Promise<{ owner: string; name: string }>; children: ReactNode };

/** The forms of an algorithm's secrets are there for those who may change them. */
export default async function SecretsLayout({ params, children }: SecretsLayoutProps) {
  const { owner, name } = await params;
  await changeableAlgorithm(owner, name);
  return children;
}
