import type { Metadata } from 'next';
import { connection } from 'next/server';
import { NothingHere } from '@/components/layout/nothing-here';
import { SimplePage } from '@/components/layout/simple-page';

export const metadata: Metadata = { title: 'Not found' };

export default async function NotFound() {
  // Rendered per request: a prerendered page would have no nonce for its scripts.
  await connection();
  return (
    <SimplePage>
      <NothingHere />
    </SimplePage>
  );
}
