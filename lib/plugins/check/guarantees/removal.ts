import { randomUUID } from 'node:crypto';
import { PluginError } from '../../host/plugin-error';
import { Broken, type Guarantee } from '../guarantee';
import type { Entry } from '../scene';
import { difference } from '../values';

const deletes: Guarantee = {
  id: 'delete',
  group: 'Removal',
  title: 'deleteSecret answers true for what is there, false for what is not',
  cure: 'true only when the entry was there and is gone, false when it was not there; anything else is an exception.',
  needs: ['create'],
  entries: 'own',
  async check(scene) {
    const entry = scene.share('deleted', await scene.create());
    if (!(await scene.client.deleteSecret(entry.providerKey))) throw new Broken('It answers false for an entry that was made a moment ago.');
    try {
      if (await scene.client.deleteSecret(entry.providerKey)) throw new Broken('It answers true a second time, for an entry that it said it had removed.');
    } catch (error) {
      if (error instanceof PluginError && error.kind === 'not-found') throw new Broken('It throws SecretNotFoundException for what is not there, instead of answering false.');
      throw error;
    }
    return undefined;
  },
};

const gone: Guarantee = {
  id: 'deleted-gone',
  group: 'Removal',
  title: 'A deleted entry cannot be read any more, and the others can',
  cure: 'Remove the value and all its versions in the backend, and nothing else.',
  needs: ['delete'],
  entries: 'own',
  async check(scene) {
    const { providerKey } = await scene.shared('deleted');
    const read = await scene.client.getSecret(providerKey).then(() => true, (error: unknown) => ignoring(error));
    const version = await scene.client.getSecretVersion(providerKey).catch((error: unknown) => (ignoring(error) ? '' : null));
    if (read || version !== null) throw new Broken(`${read ? 'getSecret' : 'getSecretVersion'} still answers for it.`);
    const other = await scene.shared('first');
    const told = difference(other.value, await scene.read(other));
    if (told) throw new Broken(`The removal of one entry changed another: ${told}`);
    return undefined;
  },
};

/** A call that failed as a plugin's may; one that was not answered is no answer. */
function ignoring(error: unknown): false {
  if (!(error instanceof PluginError) || error.kind === 'timeout' || error.kind === 'killed') throw error;
  return false;
}

/** Throws unless the call answers that there is no such entry. */
async function demandNotFound(method: string, call: () => Promise<unknown>, what: string): Promise<void> {
  try {
    const answer = await call();
    throw new Broken(`${method} answers ${answer === null ? 'null' : 'something'} for ${what}, instead of throwing SecretNotFoundException.`);
  } catch (error) {
    if (error instanceof PluginError && error.kind === 'not-found') return;
    if (error instanceof PluginError && error.kind === 'plugin') throw new Broken(`${method} fails for ${what} with other words than SecretNotFoundException: ${error.message}`);
    throw error;
  }
}

const unknown: Guarantee = {
  id: 'unknown-key',
  group: 'Removal',
  title: 'What is not there is SecretNotFoundException, and nothing else',
  cure: 'Throw SecretNotFoundException when the backend itself says that there is no such entry, and only then.',
  needs: ['deleted-gone'],
  entries: 'own',
  async check(scene) {
    const { providerKey } = await scene.shared('deleted');
    const { client } = scene;
    const keys: [string, string][] = [[providerKey, 'an entry that was deleted']];
    // Another form than the plugin's own may be refused as such, and an invented key might be somebody's.
    if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(providerKey)) keys.push([randomUUID(), 'a key that was never there']);
    for (const [key, what] of keys) {
      await demandNotFound('getSecret', () => client.getSecret(key), what);
      await demandNotFound('getSecretVersion', () => client.getSecretVersion(key), what);
      await demandNotFound('secretLastUpdated', () => client.secretLastUpdated(key), what);
    }
    return undefined;
  },
};

const updateOnly: Guarantee = {
  id: 'update-only',
  group: 'Removal',
  title: 'An update makes no entry where there is none',
  cure: 'Look whether the entry is there before writing, or use the backend’s own condition for it, and throw SecretNotFoundException.',
  needs: ['deleted-gone', 'update'],
  entries: 'own',
  updates: true,
  async check(scene) {
    const deleted = await scene.shared('deleted');
    let made: Entry | undefined;
    try {
      made = await scene.update(deleted);
    } catch (error) {
      if (error instanceof PluginError && error.kind === 'not-found') return undefined;
      if (error instanceof PluginError && error.kind === 'readback') throw new Broken(`updateSecret answers a version for an entry that is not there. ${error.message}`);
      if (error instanceof PluginError && error.kind === 'plugin') return `It fails with other words than SecretNotFoundException: ${error.message}`;
      throw error;
    }
    scene.ledger.add(made.providerKey);
    throw new Broken('updateSecret made an entry anew that had been deleted: a secret that someone removed would come back.');
  },
};

export const removalGuarantees: Guarantee[] = [deletes, gone, unknown, updateOnly];
