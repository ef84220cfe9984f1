import { redirect } from 'next/navigation';
import { paths } from '@/lib/paths';

/** An algorithm's first page is its settings. */
export default async function AlgorithmPage({ params }: { params: Promise<{ owner: string; name: string }> }) {
  const { owner, name } = await params;
  redirect(paths.algorithmSettings(owner, name));
}
