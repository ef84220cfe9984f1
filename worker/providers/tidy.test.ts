import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createKeyring, currentSigner } from '@/lib/crypto/keyring';
import { importBoxPublicKey } from '@/lib/crypto/keys';
import { sealTo } from '@/lib/crypto/sealed-box';
import { signBytes } from '@/lib/crypto/sign';
import { providerConfigurationContext, providerDeliveryStatement, providerStatement } from '@/lib/crypto/statement';
import { verifyKeysOf } from '@/server/delivery/verify-keys';
import { DeliveryClient } from '../delivery-client';
import { Identity } from '../identity';
import { pluginEnv } from '../plugin-env';
import { Configurations } from './configurations';
import { PluginWorker } from './plugin-worker';

const keyring = createKeyring();
const [provider, workerId, revision] = [randomUUID(), randomUUID(), 'c'.repeat(64)];
const [used, unused] = ['a'.repeat(64), 'b'.repeat(64)];
const failed = (error: unknown) => expect.unreachable(String(error));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
let folder: string;
let identity: Identity;

/** As the delivery plane answers. */
function answer(): unknown {
  const signer = currentSigner(keyring);
  const configuration = sealTo({
    recipientPublicKey: importBoxPublicKey(identity.boxKey.publicRaw),
    info: 'provider-configuration',
    aad: providerConfigurationContext(keyring.id, workerId, provider),
    plaintext: Buffer.from('{}'),
  });
  const runs = { moduleSha256: used, factoryClassName: 'a.B', settings: {} };
  return {
    id: provider, name: 'vault', revision, ...runs,
    signature: text(signBytes(signer, providerStatement(keyring.id, { providerId: provider, ...runs }))),
    configuration: text(configuration),
    delivery: text(signBytes(signer, providerDeliveryStatement(keyring.id, workerId, { providerId: provider, revision, configuration }))),
  };
}

const client = () => ({ ask: (_path: string, schema: { parse(value: unknown): unknown }) => Promise.resolve(schema.parse(answer())) }) as unknown as DeliveryClient;

function pluginWorker(inUse: string[]): PluginWorker {
  return new PluginWorker({ folder, identity, client: new DeliveryClient(identity, 'http://127.0.0.1:9'), env: pluginEnv({ NODE_ENV: 'test' }), inUse: () => new Set(inUse), failed });
}

const modules = () => readdirSync(path.join(folder, 'modules'));
const isKept = () => existsSync(path.join(folder, 'providers', `${provider}.sealed`));

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-tidy-'));
  identity = Identity.load(folder, 'one');
  identity.join('http://127.0.0.1:9', { serverId: keyring.id, workerId, verifyKeys: verifyKeysOf(keyring) });
  await new Configurations(folder, identity, client(), failed).get(provider, revision);
  mkdirSync(path.join(folder, 'modules'), { mode: 0o700 });
  for (const hash of [used, unused]) writeFileSync(path.join(folder, 'modules', `${hash}.jar`), 'x');
  writeFileSync(path.join(folder, 'modules', `${unused}.abc.part`), 'x');
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

describe('what a worker keeps of plugins', () => {
  test('is what a bundle on it needs: other modules go, with what a crash left half written', async () => {
    const plugins = pluginWorker([provider]);
    await plugins.tidy();
    plugins.end();
    expect([modules(), isKept()]).toEqual([[`${used}.jar`], true]);
  });

  test('goes when the last bundle that named its provider is gone', async () => {
    const plugins = pluginWorker([]);
    await plugins.tidy();
    plugins.end();
    expect([modules(), isKept()]).toEqual([[], false]);
  });

  test('stays for a while when it was just fetched, since its bundle is kept afterwards', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const configurations = new Configurations(folder, identity, client(), failed);
    await configurations.get(provider, 'd'.repeat(64));
    expect([configurations.keepOnly(new Set()), isKept()]).toEqual([[], true]);
    vi.advanceTimersByTime(10 * 60_000);
    expect([configurations.keepOnly(new Set()), isKept()]).toEqual([[provider], false]);
  });
});
