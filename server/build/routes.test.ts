import { describe, expect, test } from 'vitest';
import { routesOf, routeTable } from './routes.mjs';

const pathsOf = (files: string[]) => routesOf(files).map(({ path }) => path);

describe('the table of routes', () => {
  test('has the paths that Next reads from the folders', () => {
    const [route] = routesOf(['app/v1/algorithms/[owner]/[name]/route.ts']);
    expect(route).toEqual({
      path: '/v1/algorithms/[owner]/[name]',
      module: 'app/v1/algorithms/[owner]/[name]/route',
      segments: [
        { kind: 'static', value: 'v1' },
        { kind: 'static', value: 'algorithms' },
        { kind: 'param', name: 'owner' },
        { kind: 'param', name: 'name' },
      ],
    });
  });

  test('leaves the names of groups out and takes catch-all folders', () => {
    expect(routesOf(['app/v1/(admin)/[...rest]/route.ts'])[0]).toMatchObject({ path: '/v1/[...rest]', segments: [{ kind: 'static' }, { kind: 'rest', name: 'rest' }] });
    expect(routesOf(['app/v1/[[...rest]]/route.ts'])[0]).toMatchObject({ segments: [{ kind: 'static' }, { kind: 'optionalRest', name: 'rest' }] });
  });

  test("is in Next's order: a fixed name before a parameter before the rest", () => {
    expect(pathsOf(['app/v1/[...rest]/route.ts', 'app/v1/users/[username]/route.ts', 'app/v1/users/me/route.ts', 'app/v1/users/route.ts'])).toEqual([
      '/v1/users',
      '/v1/users/me',
      '/v1/users/[username]',
      '/v1/[...rest]',
    ]);
  });

  test('is the same whatever order the disk gives', () => {
    const files = ['app/v1/b/route.ts', 'app/v1/a/route.ts', 'app/v1/[id]/route.ts'];
    expect(routeTable(routesOf(files))).toBe(routeTable(routesOf(files.toReversed())));
  });
});
