import type { Caller } from '@/lib/auth/caller';
import { demand } from '@/lib/auth/permissions';
import { ApiError } from '@/lib/errors';
import { defaultPageSize, nameOfMarker, pageFrom } from '@/lib/http/marker';
import { isId } from '@/lib/ids';
import { foundProvider } from '@/lib/providers/found';
import * as store from '@/lib/providers/usage-store';
import { providerView } from '@/lib/providers/view';
import type { ProviderUser, ProviderUsers } from '@/lib/schemas/provider';
import { timestamp } from '@/lib/time';

/** With more secrets it would take too long to count their algorithms for a page. */
const mostCounted = 200_000;

/** How many secrets use a provider, and in how many algorithms; null where those are too many to count. */
export async function countUsers(caller: Caller, id: string): Promise<{ secrets: number; algorithms: number | null }> {
  demand(caller, 'provider.see');
  const { usedBy } = providerView(await foundProvider(id));
  return { secrets: usedBy, algorithms: usedBy === 0 ? 0 : usedBy > mostCounted ? null : await store.countAlgorithms(id) };
}

/** Which secrets of which algorithms a provider holds, the newest first. Who may see providers may see all algorithms. */
export async function listUsers(caller: Caller, id: string, query: { marker?: string | undefined; limit?: number | undefined }): Promise<ProviderUsers> {
  demand(caller, 'provider.see');
  const before = nameOfMarker(query.marker);
  if (before !== undefined && !isId(before)) throw new ApiError('InputValidationError', 'marker is no marker of ours. Take it from the answer before, or leave it out.');
  const { secrets: total, algorithms } = await countUsers(caller, id);
  const size = query.limit ?? defaultPageSize;
  const rows = await store.listUsers(id, before, size + 1);
  return { ...pageFrom(rows, size, `/v1/admin/secret-provider/${id}/secrets`, (row) => row.id, userView), total, algorithms };
}

/** For the page: 50 at a time. `before` is the id of the last one shown; what is none shows the newest. */
export async function listUsersForPage(caller: Caller, id: string, before?: string): Promise<{ users: ProviderUser[]; more: boolean; secrets: number; algorithms: number | null }> {
  const counts = await countUsers(caller, id);
  const rows = await store.listUsers(id, before !== undefined && isId(before) ? before : undefined, 51);
  return { users: rows.slice(0, 50).map(userView), more: rows.length > 50, ...counts };
}

function userView({ id, secretKey, shortName, modified, algorithmId, algorithm, owner }: store.UserRow): ProviderUser {
  return { id, secret_key: secretKey, short_name: shortName, algorithm: { id: algorithmId, owner, name: algorithm }, modified: timestamp(modified) };
}
