import type { ReactNode } from 'react';
import { pluginOfPage } from '../../provider';

type PluginLayoutProps = { params: Promise<{ id: string }>; children: ReactNode };

/** Above the skeleton, since what follows one can no longer be answered with 404. */
export default async function PluginLayout({ params, children }: PluginLayoutProps) {
  await pluginOfPage((await params).id);
  return children;
}
