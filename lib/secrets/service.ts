import { actorOf, type Caller } from '@/lib/auth/caller';
import { demandVisible, may, type Permission } from '@/lib/auth/permissions';
import { isReferenced, isTaken } from '@/lib/db';
import { ApiError } from '@/lib/errors';
import { isId, newId, newRevision } from '@/lib/ids';
import { findProviderRow, findUsable, type UsableProvider } from '@/lib/providers/store';
import { providerView } from '@/lib/providers/view';
import { inTurn } from '@/lib/secrets/in-turn';
import { notifyChange } from '@/lib/secrets/notify';
import { findInPlace } from '@/lib/secrets/edit-store';
import { findEntry } from '@/lib/secrets/entry-store';
import { keyTaken, noAlgorithm, noProvider, noSecret } from '@/lib/secrets/refusals';
import { secretEvent } from '@/lib/secrets/secret-event';
import * as store from '@/lib/secrets/store';
import type { StoredThrough } from '@/lib/secrets/stored-through';
import { throughInternal } from '@/lib/secrets/through-internal';
import { throughPlugin } from '@/lib/secrets/through-plugin';
import type { NewSecretRequest, SecretEdit, SecretMetadata } from '@/lib/schemas/secret';
import { timestamp } from '@/lib/time';

const storedThrough = { internal: throughInternal, plugin: throughPlugin } as const satisfies Record<UsableProvider['kind'], StoredThrough>;

export function secretView(row: store.SecretRow): SecretMetadata {
  return {
    id: row.id,
    short_name: row.short_name,
    description: row.description,
    owner_type: 'algorithm',
    owner_id: row.algorithm_id,
    secret_key: row.secret_key,
    provider_id: row.provider_id,
    default_secret_value_id: row.current_version_id,
    created: timestamp(row.created),
    modified: timestamp(row.modified),
  };
}

/** Throws unless the caller may do this with the algorithm's secrets; what they may not see is not found. */
export async function demandAlgorithm(caller: Caller, algorithmId: string, permission: Permission): Promise<store.AlgorithmOfSecret> {
  const algorithm = isId(algorithmId) ? await store.findAlgorithmOfSecrets(algorithmId) : undefined;
  if (!algorithm) throw noAlgorithm();
  demandVisible(caller, 'secret.see', permission, { accountId: algorithm.owner_id }, noAlgorithm);
  return algorithm;
}

/** The algorithm's secrets by key; never a value. */
export async function listSecrets(caller: Caller, algorithmId: string): Promise<SecretMetadata[]> {
  await demandAlgorithm(caller, algorithmId, 'secret.see');
  return (await store.listLive(algorithmId)).map(secretView);
}

export interface SecretForPage {
  secret: SecretMetadata;
  version: number;
  provider: string;
  /** What a plugin keeps is deleted in its backend at once when it is removed, and cannot be taken back. */
  providerKind: 'internal' | 'plugin';
  providerEnabled: boolean;
  /** An entry that its backend had before: it stays there when the secret is removed. */
  linked: boolean;
}

export interface SecretForUpdate extends SecretForPage {
  /** Whether its provider takes a new value for it, as far as that is known. */
  takesValues: boolean;
}

const besideItsProvider = (row: store.SecretBesideProvider): Omit<SecretForPage, 'linked'> => ({
  secret: secretView(row), version: row.version, provider: row.provider_name, providerKind: row.provider_kind, providerEnabled: row.provider_enabled,
});

/** For the update form: one secret's metadata, and what its provider does with a new value. */
export async function getSecretForPage(caller: Caller, algorithmId: string, secretId: string): Promise<SecretForUpdate> {
  const row = await demandSecret(caller, algorithmId, secretId, 'secret.see');
  if (row.provider_kind === 'internal') return { ...besideItsProvider(row), linked: false, takesValues: true };
  const [provider, entry] = await Promise.all([findProviderRow(row.provider_id), findEntry(row.id)]);
  return { ...besideItsProvider(row), linked: entry?.linked ?? false, takesValues: provider ? providerView(provider).capabilities.update : false };
}

/** For the page: metadata with what a row shows beside it. */
export async function listSecretsForPage(caller: Caller, algorithmId: string): Promise<SecretForPage[]> {
  await demandAlgorithm(caller, algorithmId, 'secret.see');
  const rows = await store.listLiveWithProvider(algorithmId);
  return rows.map((row) => ({ ...besideItsProvider(row), linked: row.linked }));
}

/** Stores a new secret, whole or not at all. */
export async function createSecret(caller: Caller, algorithmId: string, request: NewSecretRequest): Promise<SecretMetadata> {
  const algorithm = await demandAlgorithm(caller, algorithmId, 'secret.change');
  if (request.owner_id != null && request.owner_id.toLowerCase() !== algorithmId.toLowerCase()) {
    throw new ApiError('SecretMetadataConstraintViolation', 'owner_id is not the algorithm in the path. Send the same id, or leave it out.');
  }
  if (request.owner_type != null && request.owner_type !== 'algorithm') {
    throw new ApiError('SecretMetadataConstraintViolation', 'owner_type must be "algorithm": secrets belong to algorithms.');
  }
  const provider = await demandProvider(request.provider_id ?? undefined);
  const creation = { id: newId(), algorithm, secretKey: request.secret_key, shortName: request.short_name, description: request.description ?? '', provider };
  try {
    const row = await storedThrough[provider.kind].create(caller, creation, { value: request.secret_value ?? undefined, providerKey: request.provider_key ?? undefined });
    notifyChange(algorithm.id);
    return secretView(row);
  } catch (error) {
    if (isTaken(error)) throw keyTaken(request.secret_key);
    if (isReferenced(error, 'provider')) throw noProvider();
    if (isReferenced(error)) throw noAlgorithm();
    throw error;
  }
}

async function demandProvider(id: string | undefined): Promise<UsableProvider> {
  const provider = id === undefined || isId(id) ? await findUsable(id) : undefined;
  if (!provider) {
    if (id === undefined) throw new ApiError('DefaultSecretProviderNotFound', 'No provider is the default one. Name one by provider_id, or ask an admin to choose a default.');
    throw noProvider();
  }
  demandEnabled(provider.name, provider.isEnabled);
  if (!provider.hasModule) throw new ApiError('SecretProviderFailed', `${provider.name} waits for its module. Ask an admin to upload its JAR, or choose another provider.`);
  return provider;
}

function demandEnabled(name: string, isEnabled: boolean): void {
  if (!isEnabled) throw new ApiError('SecretProviderDisabled', `${name} is disabled, so nothing new is stored on it. Choose another provider, or ask an admin to enable it.`);
}

async function demandSecret(caller: Caller, algorithmId: string, secretId: string, permission: Permission): Promise<store.SecretInPlace> {
  const row = isId(algorithmId) && isId(secretId) ? await findInPlace(algorithmId, secretId) : undefined;
  if (!row) {
    await demandAlgorithm(caller, algorithmId, permission);
    throw noSecret();
  }
  demandVisible(caller, 'secret.see', permission, { accountId: row.owner_id }, noAlgorithm);
  if (row.removed && permission === 'secret.see') throw noSecret();
  return row;
}

const editAttempts = 5;

/**
 * Runs a change of one secret, again when another server's came in between. Changes of one secret wait for one another
 * here, so that many at once all succeed, one after another. `change` answers undefined when it came too late.
 */
function changing<T>(secretId: string, change: () => Promise<T | undefined>, tooMany: () => ApiError): Promise<T> {
  return inTurn(secretId, async () => {
    for (let attempt = 1; attempt <= editAttempts; attempt++) {
      const done = await change();
      if (done !== undefined) return done;
      await new Promise((resolve) => setTimeout(resolve, 5 * attempt * Math.random()));
    }
    throw tooMany();
  });
}

const crowded = 'This secret is being changed by others at the same moment. Look at it again, then try once more.';

/** Changes name, description and, when one is sent, the value: all of it or nothing. Two edits at once end as one of them. */
export function updateSecret(caller: Caller, algorithmId: string, secretId: string, edit: SecretEdit): Promise<SecretMetadata> {
  return changing(secretId, async () => {
    const before = await demandSecret(caller, algorithmId, secretId, 'secret.change');
    if (before.removed) throw noSecret();
    if (edit.secret_key != null && edit.secret_key !== before.secret_key) {
      throw new ApiError('SecretMetadataConstraintViolation', `secret_key stays ${before.secret_key} for ever: algorithms read it by this name. Create another secret instead.`);
    }
    demandEnabled(before.provider_name, before.provider_enabled);
    const row = await writeEdit(caller, before, edit);
    if (!row) return undefined;
    notifyChange(before.algorithm_id);
    return secretView(row);
  }, () => new ApiError('EditSecretFailed', crowded));
}

async function writeEdit(caller: Caller, before: store.SecretInPlace, edit: SecretEdit): Promise<store.SecretRow | undefined> {
  const names = { shortName: edit.short_name ?? before.short_name, description: edit.description ?? before.description };
  if (edit.secret_value == null) {
    return store.updateMetadata(before, { ...names, revision: newRevision() }, secretEvent('secret.update', actorOf(caller), before, { value: false }));
  }
  return storedThrough[before.provider_kind].update(caller, before, { ...names, value: edit.secret_value });
}

/**
 * Removes a secret: no start gets it from now on. One that the built-in provider keeps can be taken back for a minute; of
 * one that a plugin keeps, the entry in its backend is deleted first, unless `forget` says to leave it there.
 */
export async function removeSecret(caller: Caller, algorithmId: string, secretId: string, { forget = false }: { forget?: boolean } = {}): Promise<void> {
  await changing(secretId, async () => {
    const before = await demandSecret(caller, algorithmId, secretId, 'secret.change');
    if (before.removed) throw noSecret();
    if (!(await storedThrough[before.provider_kind].remove(caller, before, forget))) return undefined;
    notifyChange(before.algorithm_id);
    return before;
  }, () => new ApiError('UnableToDeleteSecret', crowded));
}

/** Takes back a removal of the last minute. */
export async function restoreSecret(caller: Caller, algorithmId: string, secretId: string): Promise<SecretMetadata> {
  const before = await demandSecret(caller, algorithmId, secretId, 'secret.change');
  if (!before.removed) return secretView(before);
  try {
    const row = await store.restoreRemoved(before.id, newRevision(), secretEvent('secret.restore', actorOf(caller), before));
    if (!row) throw new ApiError('SecretNotFound', `It is too late to take this back: ${before.secret_key} was removed more than ${store.undoSeconds} seconds ago. Create it again.`);
    notifyChange(before.algorithm_id);
    return secretView(row);
  } catch (error) {
    if (isTaken(error)) throw keyTaken(before.secret_key);
    throw error;
  }
}

/** Whether the caller may change the secrets of an owner's algorithms; for pages, so that buttons they cannot use are not there. */
export function mayChangeSecrets(caller: Caller, ownerId: string): boolean {
  return may(caller, 'secret.change', { accountId: ownerId });
}
