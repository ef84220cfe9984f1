import { randomBytes } from 'node:crypto';
import { recordEvent } from '@/lib/audit/store';
import { actorOf, type Caller } from '@/lib/auth/caller';
import { demand } from '@/lib/auth/permissions';
import { inTransaction } from '@/lib/db';
import { ApiError } from '@/lib/errors';
import { Lines } from '@/lib/http/lines';
import { isId, newId } from '@/lib/ids';
import { log } from '@/lib/log';
import type { PluginClient } from '@/lib/plugins/host/plugin-client';
import { PluginError } from '@/lib/plugins/host/plugin-error';
import { moduleKeepsDeletedEntries } from '@/lib/plugins/inspect/keeps-deleted';
import { moduleFile } from '@/lib/plugins/module-store';
import type { Printed } from '@/lib/plugins/host/stderr-tail';
import { mergeConfiguration } from '@/lib/providers/configuration';
import { recordCapabilities, recordFailure, recordSuccess, writeHealth } from '@/lib/providers/health';
import { saveLastTest } from '@/lib/providers/health-store';
import { makeClient, runnableOf, settingsOf, type Runnable } from '@/lib/providers/hosts';
import { keepOutput } from '@/lib/providers/output';
import type { Capabilities } from '@/lib/providers/provider';
import { demandSettings } from '@/lib/providers/settings';
import { findRunnable, type RunnableRow } from '@/lib/providers/store';
import type { ProviderTrial, TestLine, TestStepName } from '@/lib/schemas/provider';
import type { ProviderSettings } from '@/lib/schemas/provider-settings';
import { closeIntent, insertIntent } from '@/lib/secrets/intent-store';
import { timestamp } from '@/lib/time';

/** Each has a JVM of its own while it runs. */
const mostAtOnce = 4;
let underWay = 0;

/** What a throwaway entry holds: nothing that anybody needs. */
const throwaway = () => `secret-store test ${randomBytes(12).toString('hex')}`;
/** A test's entry belongs to no algorithm. */
const nobody = '00000000-0000-0000-0000-000000000000';

class Stopped extends Error {}
/** The plugin answered, and not as a provider should. The message is for an administrator. */
class Unfit extends Error {}

/** Where the entry of a test is written down, so that it goes also when this process is killed in the middle. */
interface Ledger {
  named(providerKey: string): Promise<void>;
  gone(): Promise<void>;
}

/** One run of the steps on a client of its own, which is gone afterwards, as is the entry that it made. */
class Trial {
  private providerKey: string | undefined;
  /** The step that is under way, also after the client hung up. */
  private working: Promise<unknown> = Promise.resolve();
  private client: PluginClient | undefined;
  private hasFailed = false;
  private keepsDeleted: Promise<boolean> | undefined;

  constructor(
    private readonly runnable: () => Promise<Runnable>,
    private readonly signal: AbortSignal,
    private readonly ledger: Ledger,
    private readonly watch: Pick<Watch, 'onCapabilities' | 'onOutput'>,
  ) {}

  async *run(): AsyncGenerator<TestLine> {
    let version: string | null = null;
    yield* this.step('start', async () => {
      const runnable = await this.runnable();
      this.client = await makeClient(runnable);
      // Looked up while the plugin is at work. What cannot be read is no reason for a test to fail.
      this.keepsDeleted = moduleFile(runnable.moduleSha256).then(moduleKeepsDeletedEntries).catch(() => false);
      if (this.signal.aborted) throw new Stopped();
      const { java, startMs, createMs, capabilities } = await this.client.start();
      this.watch.onCapabilities({ create: capabilities.allowsCreate, update: capabilities.allowsUpdate, delete: capabilities.allowsDelete, ttl: capabilities.ttl });
      return `Java ${java}; started in ${Math.round(startMs)} ms, configured in ${Math.round(createMs)} ms.`;
    });
    const { client } = this;
    const can = this.hasFailed || !client ? undefined : await client.capabilities();
    const why = !can ? 'Left out: it did not start.' : !can.allowsCreate ? 'Left out: it stores no new values.' : !can.allowsDelete ? 'Left out: it deletes nothing, and a test leaves nothing behind.' : undefined;
    if (why !== undefined || !client || !can) {
      for (const name of ['create', 'version', 'update', 'versionChanged', 'delete', 'deleteAgain'] as const) yield skipped(name, why ?? '');
      return;
    }
    yield* this.step('create', async () => {
      await client.createSecret(throwaway(), async (providerKey) => {
        this.providerKey = providerKey;
        await this.ledger.named(providerKey);
      });
    });
    const isMade = !this.hasFailed;
    const key = this.providerKey ?? '';
    if (isMade) yield* this.step('version', async () => { version = await client.getSecretVersion(key); });
    else yield skipped('version', 'Left out: nothing was stored.');
    if (isMade && can.allowsUpdate) {
      yield* this.step('update', async () => { await client.updateSecret(key, throwaway()); });
      yield* this.step('versionChanged', async () => {
        const after = await client.getSecretVersion(key);
        if (after === null) throw new Unfit('The backend knows no version, so that a value which is changed there does not reach algorithms until their worker asks again.');
        if (after === version) throw new Unfit('The version is the same as before the update: running algorithms would go on with the old value.');
      });
    } else for (const name of ['update', 'versionChanged'] as const) yield skipped(name, isMade ? 'Left out: it changes no values.' : 'Left out: nothing was stored.');
    if (this.providerKey === undefined) for (const name of ['delete', 'deleteAgain'] as const) yield skipped(name, 'Left out: nothing was stored.');
    else yield* this.deletions(client, this.providerKey, isMade);
  }

  private async *deletions(client: PluginClient, key: string, isMade: boolean): AsyncGenerator<TestLine> {
    let isGone = false;
    yield* this.step('delete', async () => {
      isGone = await client.deleteSecret(key);
      if (!isGone && isMade) throw new Unfit('It says that the entry is not there, which it stored a moment ago. Check what its token may do: it may be left in the backend.');
      if (isGone && (await isStillThere(client, key))) {
        isGone = false;
        throw new Unfit('It says that the entry is deleted, and the entry is still there.');
      }
      return (await this.keepsDeleted) ? keptForAWhile : undefined;
    });
    if (isGone) {
      this.providerKey = undefined;
      await this.ledger.gone();
      yield* this.step('deleteAgain', async () => {
        const again = await client.deleteSecret(key).catch((error: unknown) => {
          if (error instanceof PluginError && error.kind === 'not-found') return false;
          throw error;
        });
        if (again) throw new Unfit('It says a second time that it deleted the entry: what it says of deletions is not to be relied on.');
      });
    } else yield skipped('deleteAgain', 'Left out: nothing was deleted.');
  }

  /** Runs a step, unless the client hung up; a failure is a line like another. */
  private async *step(name: TestStepName, work: () => Promise<string | undefined | void>): AsyncGenerator<TestLine> {
    if (this.signal.aborted) throw new Stopped();
    yield { step: name, state: 'running', milliseconds: 0, message: '', cure: '' };
    const began = performance.now();
    const took = () => Math.round(performance.now() - began);
    try {
      const working = work();
      this.working = working.catch(() => undefined);
      const message = await Promise.race([working, this.whenStopped()]);
      yield { step: name, state: 'ok', milliseconds: took(), message: message ?? '', cure: '' };
    } catch (error) {
      const isPlugin = error instanceof PluginError;
      if (!isPlugin && !(error instanceof Unfit)) throw error;
      this.hasFailed = true;
      yield { step: name, state: 'failed', milliseconds: took(), message: error.message, cure: (isPlugin && error.cure) || '' };
    }
  }

  private whenStopped(): Promise<never> {
    return new Promise((_resolve, reject) => this.signal.addEventListener('abort', () => reject(new Stopped()), { once: true }));
  }

  /** Leaves nothing behind: the entry first, then the process. */
  async end(): Promise<void> {
    // A call that is under way may make the entry, or make it anew.
    await this.working;
    const { client } = this;
    if (!client) return;
    try {
      if (this.providerKey !== undefined && (await client.deleteSecret(this.providerKey))) await this.ledger.gone();
    } catch {
      // What is written down is settled later.
    }
    await client.stop();
    this.watch.onOutput(client.printed());
  }
}

function skipped(step: TestStepName, message: string): TestLine {
  return { step, state: 'skipped', milliseconds: 0, message, cure: '' };
}

async function isStillThere(client: PluginClient, providerKey: string): Promise<boolean> {
  return client.getSecretVersion(providerKey).then(
    () => true,
    () => false,
  );
}

/** Plugins delete and do not purge, and the SDK tells nothing of it. */
const keptForAWhile = 'With soft delete, Azure Key Vault keeps it among its deleted secrets for 7 to 90 days, where it can be recovered or, without purge protection, purged. It holds nothing but the words of this test.';

/** What is done with a test's outcome. */
interface Watch {
  ledger: Ledger;
  onCapabilities(capabilities: Capabilities & { ttl: number }): void;
  /** What its process printed, when it ended. */
  onOutput(printed: Printed[]): void;
  onEnd(lines: TestLine[]): Promise<void>;
}

async function* linesOf(runnable: () => Promise<Runnable>, signal: AbortSignal, watch: Watch): AsyncGenerator<TestLine> {
  const trial = new Trial(runnable, signal, watch.ledger, watch);
  const began = performance.now();
  const ended: TestLine[] = [];
  underWay++;
  try {
    for await (const line of trial.run()) {
      if (line.state !== 'running') ended.push(line);
      yield line;
    }
    const milliseconds = Math.round(performance.now() - began);
    const failed = ended.filter(({ state }) => state === 'failed');
    const end: TestLine = { step: 'end', state: failed.length > 0 ? 'failed' : 'ok', milliseconds, message: failed.length > 0 ? 'It does not work as a provider should.' : 'It works.', cure: '' };
    await watch.onEnd([...ended, end]);
    yield end;
  } catch (error) {
    if (error instanceof Stopped) return;
    log.error({ fault: error instanceof Error ? error.name : 'unknown' }, 'a test of a provider failed unexpectedly');
    yield { step: 'end', state: 'failed', milliseconds: Math.round(performance.now() - began), message: 'The test failed on our side. The log of the server has the cause.', cure: '' };
  } finally {
    underWay--;
    // Also when the client hung up: nobody waits for it then.
    await trial.end();
  }
}

function demandRoom(): void {
  if (underWay >= mostAtOnce) throw new ApiError('TooManyRequests', `${mostAtOnce} providers are being tested at this moment. Wait until one is done, then test again.`, { retryAfterSeconds: 10 });
}

const nothingToKeep: Ledger = { named: async () => undefined, gone: async () => undefined };

/** Writes a test's entry down before it is made; what is left of it is deleted later (`lib/secrets/settle.ts`). */
function ledgerOf(providerId: string, longestMs: number): Ledger {
  const id = newId();
  let isOpen = false;
  return {
    named: async (providerKey) => {
      await insertIntent({ id, kind: 'create', providerId, algorithmId: nobody, secretId: newId(), providerKey }, longestMs);
      isOpen = true;
    },
    gone: async () => {
      if (isOpen) await closeIntent(id, undefined);
    },
  };
}

/**
 * Tests a provider as it is saved: starts its plugin in a process of its own, then stores, changes and deletes a throwaway
 * entry, as far as the plugin allows it. Each step is a line when it begins and when it ended. The outcome is kept.
 */
export async function testProvider(caller: Caller, id: string): Promise<Lines<TestLine>> {
  demand(caller, 'provider.change');
  const row = await demandPlugin(id);
  demandRoom();
  const settings = settingsOf(row.settings as ProviderSettings);
  const watch: Watch = {
    ledger: ledgerOf(id, 2 * settings.startTimeoutMs + 10 * settings.callTimeoutMs),
    onCapabilities: (capabilities) => recordCapabilities(id, capabilities),
    onOutput: (printed) => keepOutput(id, printed),
    onEnd: async (lines) => {
      const isGood = lines.at(-1)?.state === 'ok';
      // The first failure is kept as the last error: what comes after it comes of it.
      for (const { step, state, message, cure } of lines.toReversed()) if (state === 'failed' && step !== 'end') recordFailure(id, cure === '' ? message : `${message} ${cure}`);
      if (isGood) recordSuccess(id);
      // Whoever sees the last line finds the provider so, on whichever server.
      await writeHealth();
      await inTransaction(async (tx) => {
        await saveLastTest(tx, id, { at: timestamp(new Date()), by: caller.username, moduleSha256: row.moduleSha256 ?? '', lines: lines.map((line) => ({ ...line })) });
        await recordEvent(tx, { action: 'provider.test', outcome: isGood ? 'done' : 'failed', actor: actorOf(caller), object: row });
      });
    },
  };
  return new Lines((signal) => linesOf(() => runnableOf(row), signal, watch));
}

/** The same before anything is saved: with a form's fields and a module that was uploaded for it. Nothing is kept of it. */
export async function tryProvider(caller: Caller, trial: ProviderTrial): Promise<Lines<TestLine>> {
  demand(caller, 'provider.change');
  demandSettings(trial.settings ?? {});
  const saved = trial.providerId === undefined ? undefined : await demandPlugin(trial.providerId);
  const moduleSha256 = trial.moduleSha256 ?? saved?.moduleSha256;
  if (!moduleSha256) throw new ApiError('InvalidRequest', 'There is no module to test. Upload its JAR first.', { fields: { moduleSha256: 'is missing. Upload a JAR first.' } });
  const runnable: Runnable = {
    name: trial.name,
    moduleSha256,
    factoryClassName: trial.factoryClassName,
    settings: trial.settings ?? ((saved?.settings ?? {}) as ProviderSettings),
    configuration: mergeConfiguration(saved?.id ?? '', saved?.configuration ?? null, trial.configuration),
  };
  demandRoom();
  const watch: Watch = {
    ledger: nothingToKeep,
    onCapabilities: () => undefined,
    onOutput: () => undefined,
    onEnd: (lines) =>
      inTransaction((tx) => recordEvent(tx, { action: 'provider.test', outcome: lines.at(-1)?.state === 'ok' ? 'done' : 'failed', actor: actorOf(caller), object: { id: saved?.id, name: trial.name }, details: { saved: false, module: moduleSha256 } })),
  };
  return new Lines((signal) => linesOf(async () => runnable, signal, watch));
}

async function demandPlugin(id: string): Promise<RunnableRow> {
  const row = isId(id) ? await findRunnable(id) : null;
  if (!row) throw new ApiError('SecretProviderNotFound', `No secret provider has the id ${isId(id) ? id : 'given'}. GET /v1/admin/secret-provider lists those there are.`);
  if (row.kind === 'internal') throw new ApiError('InvalidRequest', `${row.name} is built in: there is no plugin to test.`);
  return row;
}
