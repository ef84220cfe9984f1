import type { ReactNode } from 'react';
import { algorithmOfPage } from '../algorithm';

type SettingsLayoutProps = { params: Promise<{ owner: string; name: string }>; children: ReactNode };

/** Above every skeleton, since what follows one can no longer be answered with 404. */
export default async function SettingsLayout({ params, children }: SettingsLayoutProps) {
  const { owner, name } = await params;
  await algorithmOfPage(owner, name);
  return children;
}
