import { createHash } from 'node:crypto';
import { currentSigner, keyringVerifyKeys } from '@/lib/crypto/keyring';
import { signBytes } from '@/lib/crypto/sign';
import { isSignedBy, providerStatement, referenceStatement, type EntryReference } from '@/lib/crypto/statement';
import type { Transaction } from '@/lib/db';
import * as store from '@/lib/providers/store';
import { serverKeyring } from '@/lib/server-keyring';

const statementOf = (row: store.RunnableRow) =>
  providerStatement(serverKeyring().id, { providerId: row.id, moduleSha256: row.moduleSha256 ?? '', factoryClassName: row.factoryClassName, settings: row.settings });

const trusted = () => keyringVerifyKeys(serverKeyring()).map((key) => key.raw);

/**
 * Signs what a provider runs, as it stands in this transaction: to be called whenever its module, its factory, its settings
 * or its configuration was saved. What was known of how it works is forgotten when it is another one; the configuration is
 * not part of what is signed, so `isOther` says that it changed.
 */
export async function signProvider(tx: Transaction, id: string, { isOther = false }: { isOther?: boolean } = {}): Promise<void> {
  const row = await store.findRunnable(id, tx);
  if (!row || row.kind === 'internal') return;
  const signature = row.moduleSha256 === null ? null : signBytes(currentSigner(serverKeyring()), statementOf(row));
  await store.saveSignature(tx, id, signature, isOther || !isSignedProvider(row));
}

/** Whether a provider is as it was saved: nothing runs that was planted in the database. */
export function isSignedProvider(row: store.RunnableRow): boolean {
  return row.signature !== null && isSignedBy(statementOf(row), row.signature, trusted());
}

/** Other with every change of what runs: the module, its factory, its settings, its configuration. */
export function revisionOf(row: store.RunnableRow): string {
  const hash = createHash('sha256').update(statementOf(row));
  if (row.configuration) hash.update(row.configuration);
  return hash.digest('hex');
}

/** The server's signature over the entry that a secret's value is in. */
export function signReference(entry: EntryReference): Buffer {
  return signBytes(currentSigner(serverKeyring()), referenceStatement(serverKeyring().id, entry));
}

/** Whether a secret's entry is the one that was signed: no other one is changed or deleted in its place. */
export function isSignedReference(entry: EntryReference, reference: Uint8Array | null): boolean {
  return reference !== null && isSignedBy(referenceStatement(serverKeyring().id, entry), reference, trusted());
}
