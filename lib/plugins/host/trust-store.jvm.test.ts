import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { TestClients, testJava } from './testing/clients';
import { certificatesOf, trustStore, trustStorePassword } from './trust-store';

const run = promisify(execFile);
const folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-trust-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function keytool(...args: string[]): Promise<string> {
  return (await run(path.join((await testJava()).home, 'bin/keytool'), ['-J-XX:TieredStopAtLevel=1', ...args])).stdout;
}

/** An authority of our own, in PEM. */
async function authority(name: string): Promise<string> {
  const store = path.join(folder, `${name}.p12`);
  const open = ['-keystore', store, '-storepass', 'password', '-alias', name];
  await keytool('-genkeypair', ...open, '-keyalg', 'EC', '-dname', `CN=${name}`, '-ext', 'bc:c=ca:true');
  return keytool('-exportcert', ...open, '-rfc');
}

test.each(['own-user', 'bubblewrap'] as const)('it holds Java’s own authorities and those given, is made once, and the plugin may read it: %s', async (tier) => {
  const java = await testJava();
  const pem = `a comment\n${await authority(`first-${tier}`)}\n${await authority(`second-${tier}`)}`;
  const [file, again] = await Promise.all([trustStore(java, pem, folder), trustStore(java, pem, folder)]);
  expect(again).toBe(file);
  const { mtimeMs } = statSync(file);
  expect(await trustStore(java, pem, folder)).toBe(file);
  expect(statSync(file).mtimeMs).toBe(mtimeMs);
  expect(statSync(file).mode & 0o777).toBe(0o444);
  const listed = await keytool('-list', '-keystore', file, '-storepass', trustStorePassword);
  expect(listed.match(/trustedCertEntry/g)?.length).toBeGreaterThan(50);
  expect(listed).toContain('secret-store-extra-1');
  expect(readdirSync(folder).filter((name) => name.startsWith('trust-'))).toContain(path.basename(file));

  const clients = new TestClients();
  const client = await clients.make('hostile', { what: 'properties' }, { settings: { caPem: pem }, tier });
  const { value } = await client.getSecret('any');
  expect(value).toMatch(/javax\.net\.ssl\.trustStore=\//);
  const seen = /javax\.net\.ssl\.trustStore=([^,}]+)/.exec(value)?.[1] ?? '';
  await client.create({ what: 'read', path: seen });
  expect(Buffer.from((await client.getSecret('any')).value.slice(0, 50), 'latin1')).toEqual(readFileSync(seen).subarray(0, 50));
  await clients.end();
});

test.each(['plain', 'own-user', 'bubblewrap'] as const)('%s: a store that a JVM option names can be read by the plugin', async (tier) => {
  const clients = new TestClients();
  await authority('named');
  const file = path.join(folder, 'named.p12');
  const client = await clients.make('hostile', { what: 'properties' }, { tier, settings: { jvmOptions: [`-Djavax.net.ssl.trustStore=${file}`] } });
  const seen = /javax\.net\.ssl\.trustStore=([^,}]+)/.exec((await client.getSecret('any')).value)?.[1] ?? '';
  await client.create({ what: 'read', path: seen });
  expect(Buffer.from((await client.getSecret('any')).value, 'latin1')).toEqual(readFileSync(file));
  await clients.end();
  rmSync(file);
});

test.each(['', 'no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'])('%j is no certificate, and said to be none', (text) => {
  expect(() => certificatesOf(text)).toThrow('no certificate in PEM form');
});
