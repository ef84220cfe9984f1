import { insertEvent } from '@/lib/audit/store';
import { actorOf, type Caller } from '@/lib/auth/caller';
import { may } from '@/lib/auth/permissions';
import { isReferenced, isTaken } from '@/lib/db';
import { ApiError, type ErrorName } from '@/lib/errors';
import { newId, newRevision } from '@/lib/ids';
import { log } from '@/lib/log';
import { PluginError } from '@/lib/plugins/host/plugin-error';
import { failureOf, openPlugin } from '@/lib/providers/plugin';
import type { PluginProvider } from '@/lib/providers/provider';
import { isSignedReference, signReference } from '@/lib/providers/runnable';
import { findInPlace } from '@/lib/secrets/edit-store';
import * as entries from '@/lib/secrets/entry-store';
import * as intents from '@/lib/secrets/intent-store';
import { keyTaken, noAlgorithm, noProvider, noSecret } from '@/lib/secrets/refusals';
import { secretEvent, type SecretOfEvent } from '@/lib/secrets/secret-event';
import type { SecretInPlace, SecretRow } from '@/lib/secrets/store';
import type { Creation, StoredThrough } from '@/lib/secrets/stored-through';

// A plugin is asked between two commits. The first one records what it is about to be asked (the intent), the second one the
// change and its event, and ends the intent. Whatever happens in between, the intent is there, and `settle.ts` sees to it.

/** Opens a provider's plugin; one that cannot run here is the failure that the contract has for this change. */
async function open(errorName: ErrorName, provider: { id: string; name: string }): Promise<PluginProvider> {
  try {
    return await openPlugin(provider);
  } catch (error) {
    if (error instanceof PluginError) throw failureOf(errorName, provider.name, error);
    throw error;
  }
}

const patience = { tries: 30, pauseMs: 2_000 };

/**
 * Leaves the intent to be settled soon, with the key of the entry where the plugin has named one. While the database is away
 * this is tried again for a minute; without a key to write, the intent is settled in any case when its time has come.
 */
async function settleSoon(intentId: string, providerKey?: string): Promise<void> {
  const write = async () => {
    if (providerKey !== undefined) await intents.setIntentKey(intentId, providerKey);
    await intents.putOff(intentId, 0);
  };
  const again = async () => {
    for (let left = patience.tries; left > 0; left--) {
      await new Promise((resolve) => setTimeout(resolve, patience.pauseMs).unref());
      const done = await write().then(() => true, () => false);
      if (done) return;
    }
    log.error({ intentId }, 'a change of a plugin’s entry could not be written down: the database is away');
  };
  await write().catch(() => void again());
}

const failedEvent = (action: 'secret.create' | 'secret.update' | 'secret.remove', caller: Caller, secret: SecretOfEvent, provider: string, error: PluginError) => ({
  ...secretEvent(action, actorOf(caller), secret, { provider, cause: error.kind }),
  outcome: 'failed' as const,
});

async function create(caller: Caller, creation: Creation, value: string): Promise<SecretRow> {
  const { algorithm, provider, secretKey } = creation;
  const plugin = await open('SecretProviderFailed', provider);
  if (!(await plugin.capabilities()).create) {
    throw new ApiError('CreateSecretNotSupported', `${provider.name} stores no new values. Make the entry in its backend, then link it here by its key (provider_key), or choose another provider.`);
  }
  if (await entries.isKeyTaken(algorithm.id, secretKey)) throw keyTaken(secretKey);
  const intentId = newId();
  const intent = { id: intentId, kind: 'create', providerId: provider.id, algorithmId: algorithm.id, secretId: creation.id, providerKey: null } as const;
  await intents.insertIntent(intent, plugin.longestCallMs).catch((error: unknown) => translate(error));
  let named: string | undefined;
  try {
    const entry = await plugin.create(value, async (providerKey) => {
      named = providerKey;
      await intents.setIntentKey(intentId, providerKey);
    });
    const row = await commit(intentId, caller, creation, { ...entry, linked: false });
    if (row) return row;
  } catch (error) {
    if (error instanceof PluginError) {
      const audit = failedEvent('secret.create', caller, subject(creation), provider.name, error);
      // An entry that was never named cannot be looked for.
      if (named === undefined) await intents.closeIntent(intentId, audit);
      else await Promise.all([insertEvent(audit), settleSoon(intentId, named)]);
      throw failureOf('SecretProviderFailed', provider.name, error, 'The secret was not created.');
    }
    await settleSoon(intentId, named);
    return translate(error, secretKey);
  }
  throw new ApiError('SecretProviderFailed', `${provider.name} took too long, so what it stored was deleted again. The secret was not created: try again.`);
}

const subject = ({ id, secretKey, algorithm }: Creation) => ({ id, secret_key: secretKey, version: 1, owner: algorithm.owner, algorithm: algorithm.name });

/** Makes a secret of an entry that the provider has already, after its plugin has said that it is there. */
async function link(caller: Caller, creation: Creation, providerKey: string): Promise<SecretRow> {
  const { provider, secretKey } = creation;
  const plugin = await open('SecretProviderFailed', provider);
  if (await entries.isKeyTaken(creation.algorithm.id, secretKey)) throw keyTaken(secretKey);
  try {
    const providerVersion = await plugin.version(providerKey);
    const row = await commit(null, caller, creation, { providerKey, providerVersion, linked: true });
    if (!row) throw new Error('a link has no intent that could be gone');
    return row;
  } catch (error) {
    if (error instanceof PluginError) {
      if (error.kind !== 'not-found') throw failureOf('SecretProviderFailed', provider.name, error, 'The entry was not linked.');
      throw new ApiError('SecretProviderFailed', `${provider.name} says that it has no entry of this key. Check the key, and the provider’s token and path.`, { fields: { provider_key: 'names no entry that this provider finds.' } });
    }
    return translate(error, secretKey);
  }
}

async function commit(intentId: string | null, caller: Caller, creation: Creation, entry: { providerKey: string; providerVersion: string | null; linked: boolean }): Promise<SecretRow | undefined> {
  const { id, algorithm, provider, secretKey, shortName, description } = creation;
  const reference = signReference({ algorithmId: algorithm.id, secretId: id, secretKey, version: 1, providerId: provider.id, providerKey: entry.providerKey });
  return entries.insertWithEntry(
    intentId,
    { id, algorithmId: algorithm.id, secretKey, shortName, description, providerId: provider.id, versionId: newId(), revision: newRevision(), createdBy: caller.userId, reference, ...entry },
    secretEvent('secret.create', actorOf(caller), subject(creation), { provider: provider.name, ...(entry.linked && { linked: true }) }),
  );
}

/** What the database refuses, in the contract's words. */
function translate(error: unknown, secretKey = ''): never {
  if (isTaken(error)) throw keyTaken(secretKey);
  if (isReferenced(error, 'provider')) throw noProvider();
  if (isReferenced(error)) throw noAlgorithm();
  throw error;
}

/** The entry of a secret, if it is the one that was signed: a row altered in the database makes no plugin change another entry. */
async function entryOf(errorName: ErrorName, secret: SecretInPlace): Promise<entries.StoredEntry & { provider_key: string }> {
  const entry = await entries.findEntry(secret.id);
  if (!entry || entry.provider_key === null) throw new ApiError(errorName, `${secret.secret_key} has no entry in ${secret.provider_name}. Remove it and create it again.`);
  const { provider_key: providerKey } = entry;
  if (isSignedReference(referenceOf(secret, secret.version, providerKey), entry.reference)) return { ...entry, provider_key: providerKey };
  log.error({ secretId: secret.id }, 'the entry of a secret in the database is not signed by this keyring');
  throw new ApiError(errorName, `The entry of ${secret.secret_key} was changed in the database, not by this server, so it is not touched. An admin should find out how; removing the secret here only (forget=true) and creating it again mends it.`);
}

const referenceOf = (secret: SecretInPlace, version: number, providerKey: string) => ({
  algorithmId: secret.algorithm_id, secretId: secret.id, secretKey: secret.secret_key, version, providerId: secret.provider_id, providerKey,
});

/** A version whose value the backend has already: what an update, or one that was interrupted, ends with. */
export function newVersion(secret: SecretInPlace, providerKey: string, providerVersion: string | null, createdBy: string | null): Omit<entries.EntryEdit, 'shortName' | 'description'> {
  const version = secret.version + 1;
  return { version, versionId: newId(), revision: newRevision(), createdBy, providerKey, providerVersion, reference: signReference(referenceOf(secret, version, providerKey)) };
}

const commitAttempts = 20;

/** Commits again and again what the backend has done, on top of whatever others committed meanwhile. */
async function insist<T>(secret: SecretInPlace, write: (fresh: SecretInPlace) => Promise<T | undefined>): Promise<T> {
  for (let attempt = 1; attempt <= commitAttempts; attempt++) {
    const fresh = attempt === 1 ? secret : await findInPlace(secret.algorithm_id, secret.id);
    if (!fresh || fresh.removed) throw noSecret();
    const done = await write(fresh);
    if (done !== undefined) return done;
    await new Promise((resolve) => setTimeout(resolve, 5 * attempt * Math.random()));
  }
  throw new ApiError('EditSecretFailed', 'This secret is being changed by others at the same moment. Look at it again: what it holds is settled in a moment.');
}

/** A secret whose value a plugin keeps: an entry in its backend. */
export const throughPlugin: StoredThrough = {
  async create(caller, creation, { value, providerKey }) {
    if (providerKey !== undefined) {
      // Whoever links an entry gets its value in an algorithm of theirs, and may change it: of all that the provider's credentials reach.
      if (!may(caller, 'provider.change')) throw new ApiError('NotAuthorized', `Only an admin links an entry that ${creation.provider.name} has already. Ask one to link it, or send secret_value.`);
      return link(caller, creation, providerKey);
    }
    if (value === undefined) throw new ApiError('CreateRequiresSecretValue', 'A new secret needs its value. Send secret_value, or provider_key to link an entry that the provider has.');
    return create(caller, creation, value);
  },

  async update(caller, before, { value, ...names }) {
    const provider = { id: before.provider_id, name: before.provider_name };
    const { provider_key: providerKey } = await entryOf('EditSecretFailed', before);
    const plugin = await open('EditSecretFailed', provider);
    if (!(await plugin.capabilities()).update) throw new ApiError('EditSecretNotSupported', `${provider.name} changes no values. Change it in its backend: algorithms get the new one from there.`);
    const intentId = newId();
    await intents.insertIntent({ id: intentId, kind: 'update', providerId: provider.id, algorithmId: before.algorithm_id, secretId: before.id, providerKey }, plugin.longestCallMs);
    let providerVersion: string | null;
    try {
      providerVersion = await plugin.update(providerKey, value);
    } catch (error) {
      if (!(error instanceof PluginError)) {
        await settleSoon(intentId);
        throw error;
      }
      const audit = failedEvent('secret.update', caller, before, provider.name, error);
      // It may have stored the value before it failed: then its version is another one, and is taken over.
      const mayHaveStored = error.reached && error.kind !== 'not-found';
      if (mayHaveStored) {
        await insertEvent(audit);
        await settleSoon(intentId);
      } else await intents.closeIntent(intentId, audit);
      throw failureOf('EditSecretFailed', provider.name, error, mayHaveStored && error.kind !== 'readback' ? 'Whether it has the new value is looked at again in a moment.' : 'The value stays as it was.');
    }
    try {
      return await insist(before, async (fresh) => {
        // Somebody else's value came to the backend before or after this one: the secret has the version that stands there now.
        const latest = fresh === before ? providerVersion : await plugin.version(providerKey);
        const next = newVersion(fresh, providerKey, latest, caller.userId);
        return entries.updateEntry(intentId, fresh, { ...names, ...next }, secretEvent('secret.update', actorOf(caller), { ...fresh, version: next.version }, { value: true }));
      });
    } catch (error) {
      await settleSoon(intentId);
      if (error instanceof PluginError) throw failureOf('EditSecretFailed', provider.name, error, 'Whether it has the new value is looked at again in a moment.');
      throw error;
    }
  },

  async remove(caller, before, forget) {
    const actor = actorOf(caller);
    if (forget) return entries.deleteWithEntry(null, before, secretEvent('secret.remove', actor, before, { provider: before.provider_name, onlyHere: true }));
    const { provider_key: providerKey, linked } = await entryOf('UnableToDeleteSecret', before);
    if (linked) return entries.deleteWithEntry(null, before, secretEvent('secret.remove', actor, before, { provider: before.provider_name, linked: true }));
    const provider = { id: before.provider_id, name: before.provider_name };
    const plugin = await open('UnableToDeleteSecret', provider);
    const onlyHere = 'To remove the secret here and leave its entry there, send DELETE with forget=true.';
    if (!(await plugin.capabilities()).delete) throw new ApiError('UnableToDeleteSecret', `${provider.name} deletes no entries, so the secret stays. ${onlyHere}`);
    const intentId = newId();
    await intents.insertIntent({ id: intentId, kind: 'delete', providerId: provider.id, algorithmId: before.algorithm_id, secretId: before.id, providerKey }, plugin.longestCallMs);
    const isDeleted = await plugin.remove(providerKey).catch(async (error: unknown) => {
      if (!(error instanceof PluginError)) {
        await settleSoon(intentId);
        throw error;
      }
      if (error.kind === 'not-found') return false;
      await intents.closeIntent(intentId, failedEvent('secret.remove', caller, before, provider.name, error));
      throw failureOf('UnableToDeleteSecret', provider.name, error, `The secret stays. ${onlyHere}`);
    });
    if (!isDeleted) {
      // No proof of it: plugins answer this when their token is wrong.
      await intents.closeIntent(intentId, { ...secretEvent('secret.remove', actor, before, { provider: provider.name, cause: 'not-found' }), outcome: 'failed' });
      throw new ApiError('UnableToDeleteSecret', `${provider.name} says that the entry is not there; check its token and path. The secret stays. ${onlyHere}`);
    }
    try {
      return await insist(before, async (fresh) => (await entries.deleteWithEntry(intentId, fresh, secretEvent('secret.remove', actor, fresh, { provider: provider.name }))) || undefined);
    } catch (error) {
      // Somebody else removed it at the same moment.
      if (error instanceof ApiError && error.errorName === 'SecretNotFound') await intents.closeIntent(intentId, undefined);
      else await settleSoon(intentId);
      throw error;
    }
  },
};
