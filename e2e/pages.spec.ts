import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { places } from '@/e2e/support/places';
import { projectRoot } from '@/server/root';
import { expect, test } from './support/test';

/** Pages that only lead to another one. */
const redirects = ['/', '/algorithms/[owner]/[name]'];

test('every page of the product is one that the tests of all pages visit', async () => {
  const app = path.join(projectRoot, 'app');
  const files = await readdir(app, { recursive: true });
  const routes = files.filter((file) => path.basename(file) === 'page.tsx').map((file) => `/${path.dirname(file)}`.replace(/\/\([^)]*\)/g, '').replace(/\/\.$/, '/'));
  const visited = new Set(places.map(({ route }) => route));
  expect(routes.length).toBeGreaterThan(5);
  expect(routes.filter((route) => !visited.has(route) && !redirects.includes(route || '/'))).toEqual([]);
});
