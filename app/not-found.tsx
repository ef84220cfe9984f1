import type { Metadata } from 'next';
import { connection } from 'next/server';
import { LinkButton } from '@/components/layout/link-button';
import { SimplePage } from '@/components/layout/simple-page';
import { paths } from '@/lib/paths';

export const metadata: Metadata = { title: 'Not found' };

export default async function NotFound() {
  // Rendered per request: a prerendered page would have no nonce for its scripts.
  await connection();
  return (
    <SimplePage>
      <h1 className="text-h1-phone font-[680] tablet:text-h1">There is nothing here for you</h1>
      <p className="max-w-160 text-lead text-ink-2">
        The page does not exist, what it showed has been removed, or you may not see it. Check the address, or ask the owner
        to let you in.
      </p>
      <div>
        <LinkButton href={paths.home()} kind="primary">
          Go to the start
        </LinkButton>
      </div>
    </SimplePage>
  );
}
