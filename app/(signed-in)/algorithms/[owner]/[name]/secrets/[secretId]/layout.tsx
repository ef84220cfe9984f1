import type { ReactNode } from 'react';
import { secretOfPage } from '../../algorithm';

type SecretLayoutProps = { params: Promise<{ owner: string; name: string; secretId: string }>; children: ReactNode };

export default async function SecretLayout({ params, children }: SecretLayoutProps) {
  const { owner, name, secretId } = await params;
  await secretOfPage(owner, name, secretId);
  return children;
}
