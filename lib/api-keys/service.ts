import type { AuditActor } from '@/lib/audit/events';
import { recordEvent } from '@/lib/audit/store';
import { actorOf, type Caller } from '@/lib/auth/caller';
import { demandVisible, type Permission } from '@/lib/auth/permissions';
import { principals } from '@/lib/auth/principals';
import { apiKeyLookup, apiKeyMask, generateApiKey } from '@/lib/crypto/api-key';
import { inTransaction } from '@/lib/db';
import { ApiError } from '@/lib/errors';
import { isId, newId } from '@/lib/ids';
import * as store from '@/lib/api-keys/store';
import { usualPermissions, type ApiKeyCreation, type ApiKeyView } from '@/lib/schemas/api-key';
import { serverKeyring } from '@/lib/server-keyring';
import { timestamp } from '@/lib/time';
import { noSuchUser } from '@/lib/users/service';
import { findUserNamed, type UserRow } from '@/lib/users/store';

function apiKeyView(user: UserRow, row: store.ApiKeyRow, apiKey?: string): ApiKeyView {
  return {
    id: row.id,
    username: user.account.name,
    key_label: row.label,
    created_at: timestamp(row.created),
    api_key_mask: row.mask,
    api_key: apiKey ?? row.mask,
    key_type: row.kind,
    permissions: { ...usualPermissions, ...(row.permissions as ApiKeyView['permissions']) },
    owner_name: user.account.name,
  };
}

/** Throws unless the caller may do this with the user's keys; whom they may not see is not found. */
export async function demandUser(caller: Caller, username: string, permission: Permission): Promise<UserRow> {
  const user = await findUserNamed(username);
  if (!user) throw noSuchUser(username);
  demandVisible(caller, 'api-key.see', permission, { accountId: user.id }, () => noSuchUser(username));
  return user;
}

/** A user's keys that are still good, newest first; masks only. */
export async function listApiKeys(caller: Caller, username: string): Promise<ApiKeyView[]> {
  const user = await demandUser(caller, username, 'api-key.see');
  return (await store.listApiKeyRows(user.id)).map((row) => apiKeyView(user, row));
}

/** For the page: a user's keys with when they were last used. */
export async function listApiKeysForPage(caller: Caller): Promise<{ key: ApiKeyView; lastUsed: string | null }[]> {
  const user = await demandUser(caller, caller.username, 'api-key.see');
  return (await store.listApiKeyRows(user.id)).map((row) => ({ key: apiKeyView(user, row), lastUsed: row.lastUsed && timestamp(row.lastUsed) }));
}

/** Makes a key; the answer is the only one that has it. A PlatformAdminKey is for admins. */
export async function createApiKey(caller: Caller, username: string, request: ApiKeyCreation): Promise<ApiKeyView> {
  const user = await demandUser(caller, username, 'api-key.change');
  return issueApiKey(user, request, actorOf(caller));
}

/** The same for whoever stands at the server's machine. */
export async function issueApiKey(user: UserRow, request: ApiKeyCreation, actor: AuditActor): Promise<ApiKeyView> {
  if (request.key_type === 'PlatformAdminKey' && !user.isAdmin) {
    throw new ApiError('NotAuthorized', `${user.account.name} is no admin, so a PlatformAdminKey of theirs would open nothing. Make an AlgorithmKey.`);
  }
  const apiKey = generateApiKey();
  const id = newId();
  return inTransaction(async (tx) => {
    const row = await store.insertApiKey(tx, {
      id, userId: user.id, kind: request.key_type, label: request.key_label ?? '', permissions: request.permissions ?? {},
      lookup: Uint8Array.from(apiKeyLookup(serverKeyring().apiKeyHmac, apiKey)), mask: apiKeyMask(apiKey),
    });
    await recordEvent(tx, { action: 'api-key.create', actor, object: { id, name: row.mask }, details: { user: user.account.name, kind: request.key_type } });
    return apiKeyView(user, row, apiKey);
  });
}

/** Revokes a key: it opens nothing from the next request on, and from the next second on at other servers. */
export async function revokeApiKey(caller: Caller, username: string, id: string): Promise<void> {
  const user = await demandUser(caller, username, 'api-key.change');
  await inTransaction(async (tx) => {
    const row = isId(id) ? await store.revokeApiKey(tx, user.id, id) : undefined;
    if (!row) throw new ApiError('PathNotFound', `${user.account.name} has no such API key. It may have been revoked already.`);
    await recordEvent(tx, { action: 'api-key.revoke', actor: actorOf(caller), object: { id, name: row.mask }, details: { user: user.account.name } });
  });
  principals.forget();
}
