import { recordEvent } from '@/lib/audit/store';
import { actorOf, type Caller } from '@/lib/auth/caller';
import { demand, demandVisible, may } from '@/lib/auth/permissions';
import { inTransaction, isTaken } from '@/lib/db';
import { ApiError } from '@/lib/errors';
import { defaultPageSize, nameOfMarker, pageFrom, type Page } from '@/lib/http/marker';
import { isId, newId } from '@/lib/ids';
import { isRepeatable, named } from '@/lib/names';
import * as store from '@/lib/algorithms/store';
import { notifyChange } from '@/lib/secrets/notify';
import { settleInBackground } from '@/lib/secrets/settle';
import type { AlgorithmRequest, AlgorithmView } from '@/lib/schemas/algorithm';
import { timestamp } from '@/lib/time';

const noSuch = (owner: string, name: string) => new ApiError('AlgorithmNotFound', `No such algorithm${isRepeatable(owner) && isRepeatable(name) ? `: ${owner}/${name}` : ''}. Check the owner and the name.`);

export function algorithmView(row: store.AlgorithmRow): AlgorithmView {
  return {
    id: row.id,
    name: row.name,
    details: { label: row.label, summary: row.summary, tagline: row.tagline },
    settings: row.settings as AlgorithmView['settings'],
    self_link: `/v1/algorithms/${row.owner.name}/${row.name}`,
    resource_type: 'algorithm',
  };
}

/** The algorithm OWNER/NAME. What the caller may not see is not found. */
export async function getAlgorithm(caller: Caller, owner: string, name: string): Promise<AlgorithmView> {
  return algorithmView(await visible(caller, owner, name));
}

async function visible(caller: Caller, owner: string, name: string): Promise<store.AlgorithmRow> {
  const row = await store.findAlgorithmNamed(owner, name);
  if (!row) throw noSuch(owner, name);
  demandVisible(caller, 'algorithm.see', 'algorithm.see', { accountId: row.ownerId }, () => noSuch(owner, name));
  return row;
}

/** A page of an owner's algorithms. An owner whom the caller may not see has none, whether or not they exist. */
export async function listAlgorithms(caller: Caller, owner: string, query: { marker?: string | undefined; limit?: number | undefined }): Promise<Page<AlgorithmView>> {
  demand(caller, 'algorithm.list');
  const after = nameOfMarker(query.marker);
  const account = await store.findAccount(owner);
  if (!account && (caller.isAdmin || caller.isClusterViewer)) throw new ApiError('UserNotFound', `There is no ${named('user or organization', owner)}.`);
  const size = query.limit ?? defaultPageSize;
  const path = `/v1/algorithms/${encodeURIComponent(owner)}`;
  const seen = account && may(caller, 'algorithm.see', { accountId: account.id });
  return pageFrom(seen ? await store.listOfOwner(account.id, after, size + 1) : [], size, path, (row) => row.nameKey, algorithmView);
}

export interface AlgorithmOverview {
  id: string;
  owner: string;
  name: string;
  label: string;
  secrets: number;
  created: string;
}

/** For the page: what the caller may see, newest first, 50 at a time. `before` is the id of the last one shown. */
export async function listOverview(caller: Caller, before?: string): Promise<{ algorithms: AlgorithmOverview[]; more: boolean }> {
  demand(caller, 'algorithm.list');
  const all = caller.isAdmin || caller.isClusterViewer;
  const owners = all ? undefined : [caller.userId, ...caller.memberships.keys()];
  const rows = await store.listOverview(owners, before !== undefined && isId(before) ? before : undefined, 51);
  const algorithms = rows.slice(0, 50).map((row) => ({ id: row.id, owner: row.owner.name, name: row.name, label: row.label, secrets: row.secrets, created: timestamp(row.created) }));
  return { algorithms, more: rows.length > 50 };
}

export interface AlgorithmForPage extends AlgorithmView {
  owner: string;
  /** Whether the caller may change its secrets and delete it. */
  mayChange: boolean;
}

/** For the form: the names for whom the caller may create algorithms, their own first. */
export async function listOwnersForPage(caller: Caller): Promise<{ name: string; kind: 'user' | 'organization' }[]> {
  const ids = [...caller.memberships.keys()].filter((accountId) => may(caller, 'algorithm.create', { accountId }));
  return [{ name: caller.username, kind: 'user' }, ...(await store.listAccounts(ids))];
}

/** For pages: the algorithm and what the caller may do with it. */
export async function getAlgorithmForPage(caller: Caller, owner: string, name: string): Promise<AlgorithmForPage> {
  const row = await visible(caller, owner, name);
  return { ...algorithmView(row), owner: row.owner.name, mayChange: may(caller, 'secret.change', { accountId: row.ownerId }) };
}

/** The account for which the caller may create algorithms. Throws for one they may not create any for; one they may not know of is not found. */
export async function demandOwner(caller: Caller, owner: string): Promise<{ id: string; name: string }> {
  const account = await store.findAccount(owner);
  const unknown = () => new ApiError('UserNotFound', `There is no ${named('user or organization', owner)}, or you may not create algorithms for them.`);
  if (!account) throw unknown();
  demandVisible(caller, 'algorithm.see', 'algorithm.create', { accountId: account.id }, unknown);
  return account;
}

export async function createAlgorithm(caller: Caller, owner: string, request: AlgorithmRequest): Promise<AlgorithmView> {
  const account = await demandOwner(caller, owner);
  const { details } = request;
  try {
    return await inTransaction(async (tx) => {
      const row = await store.insertAlgorithm(tx, {
        id: newId(), ownerId: account.id, name: request.name, nameKey: request.name.toLowerCase(),
        label: details?.label ?? '', summary: details?.summary ?? '', tagline: details?.tagline ?? '', settings: request.settings ?? {},
      });
      await recordEvent(tx, { action: 'algorithm.create', actor: actorOf(caller), object: { id: row.id, name: `${account.name}/${row.name}` } });
      return algorithmView(row);
    });
  } catch (error) {
    if (isTaken(error)) {
      throw new ApiError('AlgorithmNameHasBeenTaken', `${account.name} has an algorithm named ${request.name} already. Choose another name.`, { fields: { name: `is taken: ${account.name} has an algorithm of this name. Choose another.` } });
    }
    throw error;
  }
}

/** Deletes an algorithm; its secrets go with it, in plugins' backends soon after. */
export async function deleteAlgorithm(caller: Caller, owner: string, name: string): Promise<void> {
  const id = await inTransaction(async (tx) => {
    const row = await store.findAlgorithmNamed(owner, name, tx);
    if (!row) throw noSuch(owner, name);
    demandVisible(caller, 'algorithm.see', 'algorithm.delete', { accountId: row.ownerId }, () => noSuch(owner, name));
    const secrets = await store.deleteAlgorithm(tx, row.id);
    await recordEvent(tx, { action: 'algorithm.delete', actor: actorOf(caller), object: { id: row.id, name: `${row.owner.name}/${row.name}` }, details: { secrets } });
    return row.id;
  });
  notifyChange(id);
  settleInBackground();
}
