import type { Transaction } from '@/lib/db';
import { ApiError } from '@/lib/errors';
import { isId } from '@/lib/ids';
import { findProviderRow, type ProviderRow } from '@/lib/providers/store';

/** The provider with this id. Throws SecretProviderNotFound. */
export async function foundProvider(id: string, tx?: Transaction): Promise<ProviderRow> {
  const row = isId(id) ? await findProviderRow(id, tx) : null;
  if (!row) throw new ApiError('SecretProviderNotFound', `No secret provider has the id ${isId(id) ? id : 'given'}. GET /v1/admin/secret-provider lists those there are.`);
  return row;
}
