import os from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { socketPath } from './socket-path';

test('the socket is in the worker folder', () => {
  expect(socketPath('/srv/data/worker')).toBe('/srv/data/worker/agent.sock');
});

test('for a folder too deep for a socket it is in a folder of its own, always the same one', () => {
  const deep = `/srv/${'x'.repeat(120)}/worker`;
  expect(socketPath(deep)).toBe(socketPath(deep));
  expect(Buffer.byteLength(socketPath(deep))).toBeLessThan(100);
  expect(path.dirname(path.dirname(socketPath(deep)))).toBe(os.tmpdir());
  expect(socketPath(deep)).not.toBe(socketPath(`${deep}2`));
});

test('where the system’s temporary folder is too deep as well, it is under /tmp', () => {
  vi.spyOn(os, 'tmpdir').mockReturnValue(`/srv/${'t'.repeat(90)}`);
  expect(socketPath(`/srv/${'x'.repeat(120)}/worker`)).toMatch(/^\/tmp\/secret-store-[0-9a-f]{24}\/agent\.sock$/);
});
