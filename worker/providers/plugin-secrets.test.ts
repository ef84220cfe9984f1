import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PluginError } from '@/lib/plugins/host/plugin-error';
import type { Bundle } from '@/lib/schemas/delivery';
import { NoValue, TamperedValue, pluginSecretsOf, type Resolved } from './plugin-secret';
import { PluginSecrets } from './plugin-secrets';
import { NotAvailable, Tampered } from './trouble';
import { Values } from './values';

const hour = 3_600_000;
const seed = Buffer.alloc(32, 7);
const [algorithmId, secretId, providerId] = ['1', '2', '3'].map((digit) => `01a20fed-0000-4000-8000-00000000000${digit}`) as [string, string, string];
const runnable = { id: providerId, name: 'vault', revision: 'r', moduleSha256: '', factoryClassName: '', settings: {}, configuration: () => ({}) };

let folder: string;
let now: number;
let backend: { value: string; version: string | null; ttl: number; failure: PluginError | undefined; reads: number; versions: number };
let trouble: Error | undefined;
let secrets: PluginSecrets;

function make(lastGoodMs = 24 * hour): PluginSecrets {
  const reader = {
    getSecret: async () => {
      backend.reads++;
      if (backend.failure) throw backend.failure;
      return { value: backend.value, ttl: backend.ttl };
    },
    getSecretVersion: async () => {
      backend.versions++;
      if (backend.failure) throw backend.failure;
      return backend.version;
    },
  };
  return new PluginSecrets({
    configurations: {
      get: async () => {
        if (trouble) throw trouble;
        return runnable;
      },
      held: () => runnable,
      nameOf: () => 'vault',
    },
    hosts: { reader: async () => reader, isCurrent: async () => true, forget: () => undefined },
    values: new Values(folder, seed, (error) => {
      throw error;
    }),
    versionPollMs: 30_000,
    lastGoodMs,
    clock: { wall: () => 1_700_000_000_000 + now, steady: () => now },
  });
}

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-values-'));
  now = 0;
  trouble = undefined;
  backend = { value: 'one', version: 'v1', ttl: 0, failure: undefined, reads: 0, versions: 0 };
  secrets = make();
});

afterEach(() => {
  secrets.end();
  rmSync(folder, { recursive: true, force: true });
});

function bundle(version = 1, revision = 'r'): Bundle {
  return {
    algorithm: { id: algorithmId, owner: 'a', name: 'b' },
    tag: '',
    secrets: [{ id: secretId, key: 'ONE', version, versionId: secretId, poolEpoch: null, envelope: null, modified: '', entry: { providerId, providerKey: 'k', providerVersion: null, reference: '' } }],
    providers: [{ id: providerId, revision }],
  };
}

const resolve = (of = bundle()): Promise<Resolved> => secrets.resolve(of, pluginSecretsOf(of));
const valueOf = async (of?: Bundle) => (await resolve(of)).values.get('ONE');
const away = new PluginError('plugin', 'getSecret failed: connection refused');

describe('a value', () => {
  test('is asked for once while polls confirm it', async () => {
    await resolve();
    for (let minute = 0; minute < 10; minute++) {
      now += 30_000;
      await secrets.poll();
      expect(secrets.stamp(bundle())).not.toBeUndefined();
      expect(await valueOf()).toBe('one');
    }
    expect(backend.reads, 'once by the start, once by the first poll, which then knows its version').toBe(2);
  });

  test('is asked for anew for another version of the secret and another revision of its provider', async () => {
    await resolve();
    backend.value = 'two';
    expect(secrets.stamp(bundle(2))).toBeUndefined();
    expect(await valueOf(bundle(2))).toBe('two');
    backend.value = 'three';
    expect(await valueOf(bundle(2, 'other'))).toBe('three');
  });

  test('is asked for anew when no poll has confirmed it lately', async () => {
    await resolve();
    now += 46_000;
    backend.value = 'two';
    expect(await valueOf()).toBe('two');
  });

  test('that changes is another stamp', async () => {
    await resolve();
    const before = secrets.stamp(bundle());
    backend = { ...backend, value: 'two', version: 'v2' };
    await secrets.poll();
    expect(secrets.stamp(bundle())).not.toBe(before);
    expect(await valueOf()).toBe('two');
  });

  test('of a backend without versions is read by each poll', async () => {
    backend.version = null;
    await resolve();
    for (const value of ['two', 'three']) {
      backend.value = value;
      await secrets.poll();
      expect(await valueOf()).toBe(value);
    }
  });

  test('is polled for an hour after its last use, no longer', async () => {
    await resolve();
    now += hour + 1;
    await secrets.poll();
    expect(backend.versions).toBe(0);
  });

  test('is asked for once by many starts at once', async () => {
    await Promise.all(Array.from({ length: 50 }, () => resolve()));
    expect(backend.reads).toBe(1);
  });

  test('with a NUL is not given out', async () => {
    backend.value = 'a\0b';
    await expect(resolve()).rejects.toThrow('NUL');
  });
});

describe('the last good value', () => {
  test('is used for 24 hours while its backend fails, with a warning, and not a moment longer', async () => {
    await resolve();
    backend.failure = away;
    now = 24 * hour;
    expect(await resolve()).toEqual({ values: new Map([['ONE', 'one']]), warning: 'last good values are used: ONE (last confirmed 2023-11-14T22:13:20Z); vault: getSecret failed: connection refused' });
    now += 1;
    await expect(resolve()).rejects.toThrow(NoValue);
    backend.failure = undefined;
    expect(await resolve()).toEqual({ values: new Map([['ONE', 'one']]), warning: undefined });
  });

  test('counts from the last time that the backend confirmed it', async () => {
    await resolve();
    await secrets.poll();
    now = 20 * hour;
    await resolve();
    now += 30_000;
    await secrets.poll();
    backend.failure = away;
    now += 23 * hour;
    expect((await resolve()).warning).toContain('ONE');
  });

  test('is used after a restart too, and is asked for first', async () => {
    await resolve();
    secrets.end();
    secrets = make();
    expect(secrets.stamp(bundle())).toBeUndefined();
    backend.failure = away;
    expect((await resolve()).warning).toContain('ONE (last confirmed 2023-11-14T22:13:20Z)');
  });

  test('is gone from the disk when it is too old', async () => {
    await resolve();
    expect(readdirSync(path.join(folder, 'values'))).toHaveLength(1);
    now = 24 * hour + 1;
    await secrets.poll();
    expect(readdirSync(path.join(folder, 'values'))).toEqual([]);
  });

  test('is sealed on disk', async () => {
    backend.value = 'canary-41d7';
    await resolve();
    for (const name of readdirSync(path.join(folder, 'values'))) expect(readFileSync(path.join(folder, 'values', name), 'latin1')).not.toContain('canary');
  });

  test('ends with its secret, at once', async () => {
    await resolve();
    secrets.keepOnly({ ...bundle(), secrets: [] });
    backend.failure = away;
    await expect(resolve()).rejects.toThrow(NoValue);
    expect(readdirSync(path.join(folder, 'values'))).toEqual([]);
  });

  test('is not used for what was tampered with', async () => {
    await resolve();
    trouble = new Tampered('bad_provider', 'not signed');
    await expect(resolve(bundle(1, 'other'))).rejects.toThrow(TamperedValue);
  });

  test('is used while the configuration cannot be had', async () => {
    await resolve();
    trouble = new NotAvailable('the delivery plane is away');
    expect((await resolve(bundle(1, 'other'))).warning).toContain('away');
  });
});
