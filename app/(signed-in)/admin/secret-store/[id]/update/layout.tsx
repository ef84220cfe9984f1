import type { ReactNode } from 'react';
import { changeableProvider } from '../provider';

type ProviderLayoutProps = { params: Promise<{ id: string }>; children: ReactNode };

/** Above the skeleton, since what follows one can no longer be answered with 404. */
export default async function ProviderLayout({ params, children }: ProviderLayoutProps) {
  await changeableProvider((await params).id);
  return children;
}
