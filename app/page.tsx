import { redirect } from 'next/navigation';
import { requirePageCaller } from '@/lib/auth/session';
import { paths } from '@/lib/paths';

/** The start: the first page of who is signed in, sign-in for everybody else. */
export default async function Home() {
  await requirePageCaller();
  redirect(paths.algorithms());
}
