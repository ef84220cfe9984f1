import { isDeepStrictEqual } from 'node:util';
import { recordEvent } from '@/lib/audit/store';
import { actorOf, type Caller } from '@/lib/auth/caller';
import { demand, may } from '@/lib/auth/permissions';
import { inTransaction, isReferenced, isTaken, type Transaction } from '@/lib/db';
import { ApiError } from '@/lib/errors';
import { newId } from '@/lib/ids';
import { providerChanged } from '@/lib/providers/changed';
import { mergeConfiguration, openConfiguration, sealConfiguration } from '@/lib/providers/configuration';
import { foundProvider } from '@/lib/providers/found';
import { forgetHealth, writeHealth } from '@/lib/providers/health';
import { endHost } from '@/lib/providers/hosts';
import { internalProvider } from '@/lib/providers/internal';
import { forgetOutput } from '@/lib/providers/output';
import { signProvider } from '@/lib/providers/runnable';
import { demandSettings } from '@/lib/providers/settings';
import * as store from '@/lib/providers/store';
import { providerView, userView } from '@/lib/providers/view';
import type { ProviderRequest, ProviderView } from '@/lib/schemas/provider';

/** Every provider, the default first, then by name; how each is, its calls of this moment included. */
export async function listProviders(caller: Caller): Promise<ProviderView[]> {
  demand(caller, 'provider.see');
  await writeHealth();
  return (await store.listProviderRows()).map(providerView);
}

/** What a new secret can use now: enabled, module present; the default first. How each is run is shown to whoever may see providers. */
export async function listUsableProviders(caller: Caller): Promise<ProviderView[]> {
  demand(caller, 'provider.use');
  const rows = await store.listProviderRows();
  const usable = rows.filter((row) => row.isEnabled && (row.kind === 'internal' || row.moduleSha256 !== null)).map(providerView);
  return may(caller, 'provider.see') ? usable : usable.map(userView);
}

export async function getProvider(caller: Caller, id: string): Promise<ProviderView> {
  demand(caller, 'provider.see');
  await writeHealth();
  return providerView(await foundProvider(id));
}

/** Answers when a module is uploaded; throws InvalidRequest when not. */
export async function getModule(caller: Caller, id: string): Promise<ProviderView> {
  demand(caller, 'provider.see');
  const row = await foundProvider(id);
  if (row.kind === 'internal') throw new ApiError('InvalidRequest', `${row.name} is built in and has no module.`);
  if (row.moduleSha256 === null) throw new ApiError('InvalidRequest', `${row.name} has no module yet. Upload its JAR.`);
  return providerView(row);
}

/** Adds a provider's record; its module is uploaded afterwards. */
export async function createProvider(caller: Caller, request: ProviderRequest): Promise<ProviderView> {
  demand(caller, 'provider.change');
  if (request.isDefault && !request.isEnabled) throw new ApiError('UnableToSetDefaultSecretProvider', `${request.name} would be the default and disabled at once. Enable it, or leave the default.`);
  demandSettings(request.settings ?? {});
  const id = newId();
  const pairs = mergeConfiguration(id, null, request.configuration);
  return saving(request.name, () =>
    inTransaction(async (tx) => {
      await store.lockProviders(tx);
      if (request.isDefault) await store.clearDefault(tx);
      const row = await store.insertProvider(tx, {
        id, kind: 'plugin', name: request.name, nameKey: request.name.toLowerCase(), ...fieldsOf(request),
        isEnabled: request.isEnabled, defaultSlot: request.isDefault ? true : null, settings: request.settings ?? {},
        configuration: Uint8Array.from(sealConfiguration(id, pairs)), configurationKeys: Object.keys(pairs),
      });
      await recordEvent(tx, { action: 'provider.create', actor: actorOf(caller), object: row, details: { enabled: request.isEnabled, default: request.isDefault, keys: Object.keys(pairs) } });
      return providerView(row);
    }),
  );
}

/** Changes a provider. The built-in one can only be enabled, disabled, made the default or not. */
export async function updateProvider(caller: Caller, id: string, request: ProviderRequest): Promise<ProviderView> {
  demand(caller, 'provider.change');
  demandSettings(request.settings ?? {});
  const view = await saving(request.name, () =>
    inTransaction(async (tx) => {
      await store.lockProviders(tx);
      const before = await foundProvider(id, tx);
      if (before.kind === 'internal') demandUnchanged(before, request);
      const wasDefault = before.defaultSlot === true;
      // The default one can be disabled and stays the default; a disabled one does not become it.
      if (request.isDefault && !request.isEnabled && !wasDefault) throw new ApiError('UnableToSetDefaultSecretProvider', `${before.name} is disabled. Enable it, then make it the default.`);
      if (request.isDefault && !wasDefault) await store.clearDefault(tx);
      await store.updateProvider(tx, id, { isEnabled: request.isEnabled, defaultSlot: request.isDefault ? true : null });
      const keys = before.kind === 'internal' ? undefined : await savePlugin(tx, before, request);
      // The built-in provider is the default until another is.
      if (wasDefault && !request.isDefault && before.kind !== 'internal') await store.giveDefaultToInternal(tx);
      const action = before.isEnabled === request.isEnabled ? 'provider.update' : request.isEnabled ? 'provider.enable' : 'provider.disable';
      await recordEvent(tx, { action, actor: actorOf(caller), object: { id, name: before.name }, details: { enabled: request.isEnabled, default: request.isDefault, ...(keys && { keys }) } });
      return providerView(await foundProvider(id, tx));
    }),
  );
  providerChanged(view);
  return view;
}

/** What runs a plugin, signed as it is saved; answers the names of its configuration's keys. */
async function savePlugin(tx: Transaction, before: store.ProviderRow, request: ProviderRequest): Promise<string[]> {
  const sealed = await store.findConfiguration(tx, before.id);
  const pairs = mergeConfiguration(before.id, sealed, request.configuration);
  // Sealed anew only when it is another one: its plugin goes on running else.
  const isOther = !isDeepStrictEqual(pairs, openConfiguration(before.id, sealed));
  await store.updateProvider(tx, before.id, {
    name: request.name,
    nameKey: request.name.toLowerCase(),
    ...fieldsOf(request),
    // Once a module is uploaded, the name is its file's.
    ...(before.moduleSha256 !== null && { moduleName: before.moduleName }),
    ...(request.settings && { settings: request.settings }),
    ...(isOther && { configuration: Uint8Array.from(sealConfiguration(before.id, pairs)), configurationKeys: Object.keys(pairs) }),
  });
  await signProvider(tx, before.id, { isOther });
  return Object.keys(pairs);
}

export async function makeDefault(caller: Caller, id: string): Promise<void> {
  demand(caller, 'provider.change');
  await inTransaction(async (tx) => {
    await store.lockProviders(tx);
    const row = await foundProvider(id, tx);
    if (!row.isEnabled) throw new ApiError('UnableToSetDefaultSecretProvider', `${row.name} is disabled. Enable it, then make it the default.`);
    await store.setDefault(tx, id);
    await recordEvent(tx, { action: 'provider.set-default', actor: actorOf(caller), object: row });
  });
}

/**
 * Deletes a provider that is neither built in, nor the default, nor used. `forget`: also while entries of removed secrets wait
 * for their deletion in its backend; they stay there.
 */
export async function deleteProvider(caller: Caller, id: string, { forget = false }: { forget?: boolean } = {}): Promise<void> {
  demand(caller, 'provider.change');
  try {
    await inTransaction(async (tx) => {
      await store.lockProviders(tx);
      const row = await foundProvider(id, tx);
      if (row.kind === 'internal') throw new ApiError('CannotModifyInternalSecretProvider', `${row.name} is built in and stays. It can be disabled.`);
      if (row.defaultSlot) throw new ApiError('UnableToDeleteDefaultSecretProvider', `${row.name} is the default. Make another provider the default first.`);
      await demandUnused(tx, row);
      const left = await store.countIntents(tx, id);
      if (left > 0 && !forget) {
        const entries = left === 1 ? 'An entry' : `${left} entries`;
        throw new ApiError('InUse', `${entries} in the backend of ${row.name} still ${left === 1 ? 'waits' : 'wait'} to be deleted or looked at; that is tried again and again. If its backend is gone for good, send DELETE with forget=true, and ${left === 1 ? 'it stays' : 'they stay'} there.`, { fields: { forget: left === 1 ? 'An entry waits to be deleted' : `${left} entries wait to be deleted` } });
      }
      await store.deleteProvider(tx, id);
      await recordEvent(tx, { action: 'provider.delete', actor: actorOf(caller), object: row, ...(left > 0 && { details: { entriesLeft: left } }) });
    });
    forgetHealth(id);
    void endHost(id).then(() => forgetOutput(id));
  } catch (error) {
    if (isReferenced(error)) throw new ApiError('InUse', 'A secret was stored on this provider just now. Look again at what uses it.');
    throw error;
  }
}

async function demandUnused(tx: Transaction, row: store.ProviderRow): Promise<void> {
  const { shown, total } = await store.usersOfProvider(tx, row.id, 10);
  if (total === 0) return;
  const names = shown.map(({ owner, algorithm, secretKey }) => `${owner}/${algorithm} ${secretKey}`).join(', ');
  const more = total > shown.length ? ` and ${total - shown.length} more` : '';
  throw new ApiError('InUse', `${total === 1 ? 'A secret uses' : `${total} secrets use`} ${row.name}: ${names}${more}. Remove them, or disable the provider instead.`);
}

function demandUnchanged(row: store.ProviderRow, request: ProviderRequest): void {
  const same =
    request.name === row.name &&
    request.factoryClassName === row.factoryClassName &&
    [row.description, ''].includes(request.description) &&
    [row.interfaceVersion, 'v1.0.0'].includes(request.interfaceVersion) &&
    request.moduleName === '' &&
    Object.keys(request.settings ?? {}).length === 0 &&
    Object.keys(request.configuration).length === 0;
  if (!same) throw new ApiError('CannotModifyInternalSecretProvider', `${internalProvider.name} is built in: only isEnabled and isDefault can change.`);
}

function fieldsOf(request: ProviderRequest) {
  const { description, moduleName, factoryClassName, interfaceVersion } = request;
  return { description, moduleName, factoryClassName, interfaceVersion };
}

async function saving<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isTaken(error, 'name_key')) throw new ApiError('ProviderNameTaken', `A provider is named ${name} already, whatever its case. Choose another name.`, { fields: { name: 'is the name of another provider. Choose another.' } });
    throw error;
  }
}
