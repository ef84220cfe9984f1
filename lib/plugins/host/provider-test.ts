import { randomUUID } from 'node:crypto';
import type { PluginClient } from './plugin-client';
import { PluginError } from './plugin-error';
import type { Capabilities } from './protocol';

export type TestStepName = 'start' | 'create provider' | 'create entry' | 'version' | 'update' | 'version changed' | 'delete' | 'delete again';

export interface TestStep {
  name: TestStepName;
  status: 'passed' | 'failed' | 'skipped';
  /** milliseconds */
  ms: number;
  /** what was found, or why it failed or was skipped */
  message?: string;
  /** what to do about a failure */
  cure?: string;
}

/** A step's finding that is no failure of a call. */
class Finding extends Error {
  constructor(
    message: string,
    readonly cure?: string,
  ) {
    super(message);
  }
}

/** What one step did, for the next. */
interface Entry {
  providerKey: string;
  version: string | null;
}

/**
 * Tries a provider as a secret's life would, on an entry that it makes and removes, as far as the provider allows: each
 * step as soon as it is done. getSecret is no part of it: that is called on workers. Stop reading, and the entry is still removed.
 */
export async function* testProvider(client: PluginClient): AsyncGenerator<TestStep, void, undefined> {
  let began = performance.now();
  let capabilities: Capabilities;
  try {
    const started = await client.start();
    capabilities = started.capabilities;
    yield { name: 'start', status: 'passed', ms: started.startMs, message: `Java ${started.java}` };
    yield { name: 'create provider', status: 'passed', ms: started.createMs, message: allowed(capabilities) };
  } catch (error) {
    const isFactory = error instanceof PluginError && (error.kind === 'configuration' || error.message.startsWith('create '));
    if (isFactory) yield { name: 'start', status: 'passed', ms: performance.now() - began };
    yield failed(isFactory ? 'create provider' : 'start', began, error);
    yield* skipped(isFactory ? entrySteps : ['create provider', ...entrySteps], 'The provider did not start.');
    return;
  }
  if (!capabilities.allowsCreate || !capabilities.allowsDelete) {
    yield* skipped(entrySteps, capabilities.allowsCreate ? 'The provider does not allow to delete, so an entry made for a test would stay.' : 'The provider does not allow to create entries.');
    return;
  }

  let entry: Entry | undefined;
  let isGone = false;
  const remaining = new Set<TestStepName>(entrySteps);
  /** Runs a step; undefined when it failed. */
  const step = async <T>(name: TestStepName, work: () => Promise<{ result: T; message?: string }>): Promise<{ step: TestStep; result?: T }> => {
    remaining.delete(name);
    began = performance.now();
    try {
      const { result, message } = await work();
      return { step: { name, status: 'passed', ms: performance.now() - began, ...(message === undefined ? {} : { message }) }, result };
    } catch (error) {
      return { step: failed(name, began, error) };
    }
  };
  try {
    const made = await step('create entry', () => create(client));
    entry = made.result?.entry;
    if (entry && made.result?.failure) {
      yield { ...failed('create entry', began, made.result.failure) };
    } else {
      yield made.step;
    }
    if (entry && !made.result?.failure) {
      const { providerKey } = entry;
      yield (await step('version', () => sameVersion(client, providerKey, entry?.version ?? null))).step;
      if (capabilities.allowsUpdate) {
        const before = entry.version;
        const updated = await step('update', async () => ({ result: await client.updateSecret(providerKey, throwawayValue()) }));
        yield updated.step;
        if (updated.result) yield (await step('version changed', () => otherVersion(client, providerKey, before))).step;
      } else {
        for (const name of ['update', 'version changed'] as const) {
          remaining.delete(name);
          yield* skipped([name], 'The provider does not allow to update.');
        }
      }
    }
    if (entry) {
      const { providerKey } = entry;
      const deleted = await step('delete', () => remove(client, providerKey));
      isGone = deleted.step.status === 'passed';
      yield deleted.step;
      if (isGone) {
        const again = await step('delete again', () => removeAgain(client, providerKey));
        yield again.step;
      }
    }
    yield* skipped([...remaining], 'A step before it failed.');
  } finally {
    if (entry && !isGone) await client.deleteSecret(entry.providerKey).catch(() => undefined);
  }
}

const entrySteps: TestStepName[] = ['create entry', 'version', 'update', 'version changed', 'delete', 'delete again'];

function* skipped(names: TestStepName[], message: string): Generator<TestStep> {
  for (const name of names) yield { name, status: 'skipped', ms: 0, message };
}

function failed(name: TestStepName, began: number, error: unknown): TestStep {
  const cure = error instanceof PluginError || error instanceof Finding ? error.cure : undefined;
  return { name, status: 'failed', ms: performance.now() - began, message: error instanceof Error ? error.message : String(error), ...(cure === undefined ? {} : { cure }) };
}

function allowed({ allowsCreate, allowsUpdate, allowsDelete }: Capabilities): string {
  const verbs = [allowsCreate && 'create', allowsUpdate && 'update', allowsDelete && 'delete'].filter((verb) => verb !== false);
  return verbs.length > 0 ? `Allows to ${verbs.join(', ')}` : 'Only reads';
}

const throwawayValue = () => `Secret Store: test of this provider, may be deleted (${randomUUID()})`;

/** Makes an entry. One that could not be read back is kept in mind, since it is to be removed all the same. */
async function create(client: PluginClient): Promise<{ result: { entry: Entry; failure?: PluginError } }> {
  try {
    return { result: { entry: await client.createSecret(throwawayValue()) } };
  } catch (error) {
    if (error instanceof PluginError && error.providerKey !== undefined) return { result: { entry: { providerKey: error.providerKey, version: null }, failure: error } };
    throw error;
  }
}

async function sameVersion(client: PluginClient, providerKey: string, version: string | null): Promise<{ result: null; message?: string }> {
  const again = await client.getSecretVersion(providerKey);
  if (again !== version) throw new Finding('The version is another each time it is asked for, so that workers would fetch the value again and again.', 'Ask whoever wrote the module: a version changes only when the value does.');
  return version === null ? { result: null, message: 'The entry has no version (null)' } : { result: null };
}

async function otherVersion(client: PluginClient, providerKey: string, before: string | null): Promise<{ result: null }> {
  if ((await client.getSecretVersion(providerKey)) === before) {
    throw new Finding('The version stayed the same after the update, so that workers would not see the new value.', 'Ask whoever wrote the module: a version changes with every update.');
  }
  return { result: null };
}

async function remove(client: PluginClient, providerKey: string): Promise<{ result: null }> {
  if (!(await client.deleteSecret(providerKey))) {
    throw new Finding('The provider says that the entry is not there, though it was made a moment ago. It may still be.', 'Check the token, what it may do, and the path; then look for the test’s entry in the backend.');
  }
  return { result: null };
}

async function removeAgain(client: PluginClient, providerKey: string): Promise<{ result: null }> {
  let isDeleted: boolean;
  try {
    isDeleted = await client.deleteSecret(providerKey);
  } catch (error) {
    if (error instanceof PluginError && error.kind === 'not-found') throw new Finding('Deleting what is not there throws instead of answering false.', 'Ask whoever wrote the module: secrets are deleted all the same.');
    throw error;
  }
  if (isDeleted) throw new Finding('Deleting the entry again answers true: it may not have been deleted at all.', 'Look for the test’s entry in the backend, and remove it there. On a KV version 1 mount some plugins for Vault delete nothing.');
  return { result: null };
}
