import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PluginError } from './plugin-error';
import { treeOf } from './process-table';
import { TestClients } from './testing/clients';

const configured = 'canary-of-the-configuration/+ "quoted"';
const stored = 'canary-of-the-value/+ "quoted"';

/** No form of either may be found in what is shown. */
function forms(): string[] {
  return ['canary-of', ...[configured, stored].flatMap((value) => [Buffer.from(value).toString('base64').slice(0, -4), Buffer.from(value).toString('hex'), encodeURIComponent(value)])];
}

function expectClean(text: string): void {
  for (const form of forms()) expect(text).not.toContain(form);
}

let clients: TestClients;
beforeEach(() => {
  clients = new TestClients();
});
afterEach(() => clients.end());

const shown = (error: PluginError) => JSON.stringify([error.message, error.cure, error.trace, error.stack]);

async function errorOf(call: Promise<unknown>): Promise<PluginError> {
  const error = await call.then(() => undefined, (reason: unknown) => reason);
  if (!(error instanceof PluginError)) throw new Error('The call did not fail as it should', { cause: error });
  return error;
}

test.each(['throw', 'throw-error', 'throw-long', 'sneak'])('%s with configuration and value in its message gives neither away', async (what) => {
  const client = await clients.make('hostile', { what, when: 'createSecret', text: configured });
  const error = await errorOf(client.createSecret(stored));
  expect(error.kind).toBe('plugin');
  expectClean(shown(error));
});

test.each(['URL', 'base64', 'JSON', 'hex'])('an encoding of it (%s) is recognised', async (how) => {
  const text = { URL: encodeURIComponent(configured), base64: Buffer.from(configured).toString('base64'), JSON: JSON.stringify(configured), hex: Buffer.from(configured).toString('hex') }[how] ?? '';
  const client = await clients.make('hostile', { what: 'throw-key', secret: configured });
  const error = await errorOf(client.getSecret(`before ${text} after`));
  expect(error.message).toContain('•••');
  expectClean(shown(error));
});

test('a failing create gives no configuration away, nor does the refusal after it', async () => {
  const client = await clients.make('hostile', { what: 'throw', when: 'create', text: configured });
  for (let i = 0; i < 4; i++) {
    const error = await errorOf(client.capabilities());
    expect(error.kind).toMatch(/configuration|unavailable/);
    expectClean(shown(error));
  }
  expectClean(JSON.stringify(clients.events));
});

test('what it prints is shown without them', async () => {
  const client = await clients.make('hostile', { what: 'print-error', limit: '100', text: `printing ${configured}`, secret: configured });
  const { providerKey } = await client.createSecret(stored);
  await client.getSecret(providerKey);
  await expect.poll(() => client.log()).toContain('•••');
  expectClean(client.log());
});

test('neither is in a command line, an environment or a file of the process', async () => {
  const client = await clients.make('hostile', { when: 'never', secret: configured });
  const { providerKey } = await client.createSecret(stored);
  expect((await client.getSecret(providerKey)).value).toBe(stored);
  for (const pid of treeOf(client.status().pid ?? 0)) {
    expectClean(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
    expectClean(readFileSync(`/proc/${pid}/environ`, 'latin1'));
  }
  const files = readdirSync(clients.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of files) expectClean(readFileSync(`${file.parentPath}/${file.name}`, 'latin1'));
  expectClean(JSON.stringify([client.status(), clients.events]));
});
