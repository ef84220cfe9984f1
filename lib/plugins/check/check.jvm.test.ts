import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { projectRoot } from '@/server/root';
import { moduleOf } from '../host/testing/clients';
import { guaranteesFor } from './check';
import { broken, withChecks } from './testing/checks';

// Several run at the same time, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });

const jar = (name: Parameters<typeof moduleOf>[0]) => moduleOf(name).jar;
const template = path.join(projectRoot, 'plugins/template/target/my-secret-provider.jar');

describe.concurrent('a plugin that keeps the contract conforms, and nothing of it is left', () => {
  test.each([
    ['the template', template],
    ['the file-backed example', jar('file-store')],
  ])('%s', (_name, file) => withChecks(async (checks) => {
    const report = await checks.run(file, { folder: checks.store });
    expect(broken(report)).toEqual([]);
    expect(report).toMatchObject({ conforms: true, interrupted: false, left: [] });
    expect(report.results.map(({ id }) => id)).toEqual(['module', 'factory', ...guaranteesFor({ folder: '' }).map(({ id }) => id)]);
    expect(report.results.filter(({ status }) => status === 'not-applicable').map(({ id }) => id)).toEqual(['errors-keep-credentials']);
    expect(checks.entries()).toEqual([]);
  }));

  test('one without a fault, in every guarantee that there is', () => withChecks(async (checks) => {
    const report = await checks.run(jar('faulty'), { folder: checks.store, token: 'good one' });
    expect(report.results.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(checks.entries()).toEqual([]);
  }));
});

/** Each with the one guarantee that it breaks. */
const faults: [fault: string, guarantee: string][] = [
  ['hangs-in-create', 'creates'],
  ['hangs-in-get', 'interface'],
  ['exits-in-update', 'interface'],
  ['ttl-too-short', 'ttl'],
  ['create-forgets', 'create'],
  ['key-unstable', 'create'],
  ['value-one-line', 'value-lines'],
  ['value-ascii', 'value-unicode'],
  ['value-unescaped', 'value-quotes'],
  ['value-trimmed', 'value-edges'],
  ['value-without-controls', 'value-control'],
  ['value-cut', 'value-large'],
  ['version-wanders', 'version'],
  ['version-null', 'version'],
  ['version-is-hash', 'version-secret'],
  ['update-forgets', 'update'],
  ['version-stays', 'version-changes'],
  ['time-in-seconds', 'last-updated'],
  ['reads-latest', 'entries-apart'],
  ['update-touches-others', 'entries-apart'],
  ['key-in-field', 'concurrent'],
  ['delete-always-true', 'delete'],
  ['delete-throws', 'delete'],
  ['delete-keeps', 'deleted-gone'],
  ['null-for-unknown', 'unknown-key'],
  ['other-error-for-unknown', 'unknown-key'],
  ['update-creates', 'update-only'],
  ['value-in-errors', 'errors-keep-values'],
  ['checks-nothing', 'configuration:token'],
  ['takes-refusal-for-absence', 'configuration:token'],
  ['token-in-errors', 'errors-keep-credentials'],
  ['keeps-in-object', 'another-object'],
  ['keeps-in-process', 'another-process'],
  ['allows-less-later', 'same-abilities'],
  ['exits-once', 'process-lives'],
  ['hangs-on-exit', 'ends'],
];

/** Those leave an entry that nobody can name, or that nobody can remove. */
const leaving = new Set(['key-unstable', 'delete-keeps']);

describe.concurrent('a plugin that breaks one guarantee fails at that one alone, with what was seen and a cure', () => {
  test.each(faults)('%s: %s', (fault, guarantee) => withChecks(async (checks) => {
    const isHang = fault.startsWith('hangs-in');
    const report = await checks.run(jar('faulty'), { folder: checks.store, token: 'good-token-canary', fault }, {}, isHang ? { callTimeoutMs: 4_000 } : {});
    expect(broken(report)).toEqual([guarantee]);
    expect(report.conforms).toBe(false);
    const result = report.results.find(({ id }) => id === guarantee);
    expect(result?.seen).toMatch(/\w+ \w+ \w+/);
    expect(result?.cure).toMatch(/\w+ \w+ \w+/);
    expect(JSON.stringify(report)).not.toContain('token-canary');
    expect(JSON.stringify(report)).not.toContain('may be deleted: ');
    if (!leaving.has(fault)) expect(checks.entries()).toEqual([]);
  }));

  test('every guarantee on what a plugin does has a plugin that breaks it', () => {
    const tried = new Set(faults.map(([, guarantee]) => guarantee));
    // The first is tried on JARs of its own below; what a plugin allows is only told, and one byte is spoiled by nothing.
    const elsewhere = new Set(['loads', 'allows', 'value-short', 'configuration:folder']);
    const ids = guaranteesFor({ folder: '', token: '' }).map(({ id }) => id);
    expect(ids.filter((id) => !tried.has(id) && !elsewhere.has(id))).toEqual([]);
  });

  test.each([
    ['factories', 'com.example.factories.NeedsArgument', 'factory'],
    ['factories', 'com.example.factories.NotAFactory', 'factory'],
    ['factories', 'com.example.factories.StaticInitialiser', 'loads'],
    ['too-new', undefined, 'loads'],
    ['missing-class', undefined, 'creates'],
    ['old-sdk', undefined, 'interface'],
  ] as const)('%s.jar with %s: %s', (name, factory, guarantee) => withChecks(async (checks) => {
    const report = await checks.run(jar(name), {}, { factory });
    expect(broken(report)).toEqual([guarantee]);
    expect(report.results.find(({ id }) => id === guarantee)?.cure).toMatch(/\w+ \w+ \w+/);
  }));

  test('a file that is no JAR: module', () => withChecks(async (checks) => {
    const file = path.join(checks.folder, 'text.jar');
    writeFileSync(file, 'no archive');
    expect(broken(await checks.run(file, {}))).toEqual(['module']);
  }));

  test('entries that could not be removed are named', () => withChecks(async (checks) => {
    const { left } = await checks.run(jar('faulty'), { folder: checks.store, token: 'good', fault: 'delete-keeps' });
    expect(new Set(left.map(({ providerKey }) => providerKey))).toEqual(new Set(checks.entries()));
    expect(left.length).toBeGreaterThan(0);
  }));
});

describe.concurrent('a provider that does not allow all is checked as far as it does', () => {
  test('without update', () => withChecks(async (checks) => {
    const report = await checks.run(jar('file-store'), { folder: checks.store, allows_update: 'false' });
    expect(report.conforms).toBe(true);
    expect(report.results.find(({ id }) => id === 'update')?.status).toBe('not-applicable');
    expect(report.results.find(({ id }) => id === 'concurrent')?.status).toBe('passed');
  }));

  test('without create: on an entry that is named, which is only read', () => withChecks(async (checks) => {
    writeFileSync(path.join(checks.store, 'linked'), 'version-1\nvalue');
    const configuration = { folder: checks.store, allows_create: 'false' };
    const report = await checks.run(jar('file-store'), configuration, { entry: 'linked' });
    expect(broken(report)).toEqual([]);
    for (const id of ['version', 'last-updated', 'another-process']) expect(report.results.find((result) => result.id === id)?.status).toBe('passed');
    expect(checks.entries()).toEqual(['linked']);
    const without = await checks.run(jar('file-store'), configuration);
    expect(without.results.find(({ id }) => id === 'allows')?.seen).toContain('--entry');
  }));

  test('without delete nothing is made, since it would stay', () => withChecks(async (checks) => {
    const report = await checks.run(jar('file-store'), { folder: checks.store, allows_delete: 'false' });
    expect(report.results.find(({ id }) => id === 'create')?.status).toBe('not-applicable');
    expect(readdirSync(checks.store)).toEqual([]);
  }));
});

test('a check that is ended early leaves nothing behind', () => withChecks(async (checks) => {
  const ending = new AbortController();
  const report = await checks.run(jar('file-store'), { folder: checks.store }, {
    signal: ending.signal,
    onBegin: ({ title }) => {
      if (title.startsWith('64 calls')) setImmediate(() => ending.abort());
    },
  });
  expect(report).toMatchObject({ interrupted: true, conforms: false, left: [] });
  expect(report.results.at(-1)?.id).toBe('entries-apart');
  expect(checks.entries()).toEqual([]);
}));
