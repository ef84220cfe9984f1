import { recordEvent } from '@/lib/audit/store';
import type { AuditActor } from '@/lib/audit/events';
import { holdsKeys, hasPrepared, newestKeys, prepareKeys, retireOthers, switchToPrepared, type KeyIds } from '@/lib/crypto/keyring-rotation';
import { currentSigner, keyringVerifyKeys, type Keyring } from '@/lib/crypto/keyring';
import { recordKeyId, resealRecord } from '@/lib/crypto/record';
import { signBytes } from '@/lib/crypto/sign';
import { isSignedBy } from '@/lib/crypto/statement';
import { inTransaction, type Transaction } from '@/lib/db';
import { env } from '@/lib/env';
import { ApiError } from '@/lib/errors';
import { readKeyringFile, replaceKeyringFile } from '@/lib/keyring-file';
import { listSigned, saveSignatures, signedKinds } from '@/lib/keyring/signed-store';
import * as store from '@/lib/keyring/store';

/** What is still sealed under keys that are not in use any more, or signed with them. */
export interface KeyringWork {
  /** Configurations of providers. */
  records: number;
  /** Signatures of the server's, but for those over stored values. */
  signatures: number;
  /** Stored values. */
  values: number;
}

/** A worker that is connected has looked for new signing keys by then. */
const learnedMs = 120_000;

function currentKeyring(): Keyring {
  const keyring = readKeyringFile(env().keyringFile);
  if (!keyring) throw new ApiError('InvalidRequest', `There is no keyring at ${env().keyringFile}.`);
  return keyring;
}

const idsOf = ({ primary, signer }: Keyring): KeyIds => ({ primary, signer });

/** One step: what the database remembers, the event and the file change together, the file last. */
function changing(actor: AuditActor, action: 'keyring.prepare' | 'keyring.rotate' | 'keyring.retire', change: (keyring: Keyring, tx: Transaction) => Promise<Keyring>): Promise<Keyring> {
  return inTransaction(async (tx) => {
    await store.lockKeyring(tx);
    const next = await change(currentKeyring(), tx);
    await recordEvent(tx, { action, actor, object: { name: next.id }, details: { ...newestKeys(next) } });
    replaceKeyringFile(env().keyringFile, next);
    return next;
  });
}

/** Adds new keys, which nothing uses yet. Every server has to be started with them before they are. */
export function prepareKeyring(actor: AuditActor): Promise<Keyring> {
  return changing(actor, 'keyring.prepare', async (keyring) => {
    if (hasPrepared(keyring)) throw new ApiError('InUse', 'New keys are prepared already. Start every server with this keyring, then rotate.');
    return prepareKeys(keyring);
  });
}

/**
 * Uses the prepared keys, and puts what the old ones sealed and signed under them, in pieces: it may be cut off and run again,
 * and is to be run again when all servers use the new keys, for what they have written meanwhile.
 */
export async function rotateKeyring(actor: AuditActor): Promise<{ keyring: Keyring; done: Omit<KeyringWork, 'values'> }> {
  const before = currentKeyring();
  if (!hasPrepared(before) && before.keys.length === 1 && before.signing.length === 1) throw new ApiError('InUse', 'There are no new keys. Prepare them first.');
  const keyring = hasPrepared(before) ? await switchKeys(actor) : before;
  const records = await renewRecords(keyring, actor);
  return { keyring, done: { records, signatures: await renewSignatures(keyring, actor) } };
}

function switchKeys(actor: AuditActor): Promise<Keyring> {
  return changing(actor, 'keyring.rotate', async (keyring, tx) => {
    if (!hasPrepared(keyring)) return keyring;
    await demandKnown(tx, newestKeys(keyring), 'The server has not been started with the new keys yet. Start every server with this keyring, then run this again.');
    const next = switchToPrepared(keyring);
    await store.writeFact(tx, 'keyring.used', JSON.stringify(idsOf(next)));
    await store.writeFact(tx, 'keyring.rotated', new Date().toISOString());
    return next;
  });
}

async function renewRecords(keyring: Keyring, actor: AuditActor): Promise<number> {
  let done = 0;
  for (const { id, sealed } of await store.listRecords()) {
    if (recordKeyId(sealed) === keyring.primary) continue;
    const renewed = resealRecord(keyring, id, sealed);
    await inTransaction(async (tx) => {
      if (!renewed || !(await store.replaceRecord(tx, id, sealed, renewed))) return;
      await recordEvent(tx, { action: 'keyring.reseal', actor, object: { id }, details: { configurations: 1 } });
      done++;
    });
  }
  return done;
}

async function renewSignatures(keyring: Keyring, actor: AuditActor): Promise<number> {
  const [current, ...others] = keyringVerifyKeys(keyring).map(({ raw }) => raw);
  const signer = currentSigner(keyring);
  let done = 0;
  for (const kind of signedKinds) {
    for await (const page of listSigned(keyring.id, kind)) {
      const old = page.filter(({ statement, signature }) => current && !isSignedBy(statement, signature, [current]) && isSignedBy(statement, signature, others));
      if (old.length === 0) continue;
      const rows = old.map(({ id, signature, statement }) => ({ id, was: signature, signature: signBytes(signer, statement) }));
      done += await inTransaction(async (tx) => {
        const signatures = await saveSignatures(tx, kind, rows);
        await recordEvent(tx, { action: 'keyring.reseal', actor, object: { name: kind.title }, details: { signatures } });
        return signatures;
      });
    }
  }
  return done;
}

/** What is still under old keys. What no key of the keyring has signed is not counted: no rotation mends it. */
export async function keyringWork(keyring: Keyring): Promise<KeyringWork> {
  const [current, ...others] = keyringVerifyKeys(keyring).map(({ raw }) => raw);
  const work: KeyringWork = { records: 0, signatures: 0, values: 0 };
  for (const { sealed } of await store.listRecords()) if (recordKeyId(sealed) !== keyring.primary) work.records++;
  for (const kind of signedKinds) {
    for await (const page of listSigned(keyring.id, kind)) {
      work.signatures += page.filter(({ statement, signature }) => current && !isSignedBy(statement, signature, [current]) && isSignedBy(statement, signature, others)).length;
    }
  }
  for (const [signer, values] of await store.countEnvelopes()) if (signer !== keyring.signer) work.values += values;
  return work;
}

export async function keyringView(): Promise<{ keyring: Keyring; work: KeyringWork }> {
  const keyring = currentKeyring();
  return { keyring, work: await keyringWork(keyring) };
}

/** Forgets the keys that are not in use, once nothing needs them. Throws InUse with what does. */
export async function retireKeys(actor: AuditActor): Promise<Keyring> {
  const looked = currentKeyring();
  // Looked at first: of many secrets that takes longer than a transaction may.
  const work = await keyringWork(looked);
  return changing(actor, 'keyring.retire', async (keyring, tx) => {
    if (hasPrepared(keyring)) throw new ApiError('InUse', 'The new keys are not used yet. Rotate first.');
    if (keyring.keys.length === 1 && keyring.signing.length === 1) throw new ApiError('InUse', 'There are no old keys.');
    await demandKnown(tx, idsOf(keyring), 'The server has not been started since the keys were changed. Start every server with this keyring, rotate again, then run this again.', 'in use');
    if (keyring.signer !== looked.signer) throw new ApiError('InUse', 'The keys were changed just now. Run this again.');
    const { records, signatures, values } = work;
    if (records + signatures > 0) throw new ApiError('InUse', `${records + signatures} configurations and signatures are still under old keys. Rotate again, then run this again.`);
    if (values > 0) throw new ApiError('InUse', `${values} stored values are still signed with an old key. Run secret-store-admin pool rotate, and wait until pool status says that all are sealed to the newest key. Values that a worker leaves as they are have to be stored again.`);
    const rotated = await store.readFact(tx, 'keyring.rotated');
    const unseen = await store.workersUnseenSince(new Date(Date.parse(rotated ?? '') + learnedMs || Date.now()));
    if (unseen.length > 0) throw new ApiError('InUse', `These workers have not been connected for two minutes since the keys were changed, and would trust this server no more: ${unseen.join(', ')}. Start them, or revoke them; or wait.`);
    return retireOthers(keyring);
  });
}

interface Known extends KeyIds {
  keys: string[];
  signing: string[];
}

async function demandKnown(tx: Transaction, ids: KeyIds, message: string, how: 'held' | 'in use' = 'held'): Promise<void> {
  const text = await store.readFact(tx, 'keyring.known');
  const known = text === undefined ? undefined : (JSON.parse(text) as Known);
  const fits = known && (how === 'held' ? known.keys.includes(ids.primary) && known.signing.includes(ids.signer) : known.primary === ids.primary && known.signer === ids.signer);
  if (!fits) throw new ApiError('InUse', message);
}

/**
 * Notes with which keys a server starts. False when the database is under newer keys than this keyring holds: then it is an
 * older copy, and the server would neither read what others write nor be understood by them.
 */
export function noteKeyring(keyring: Keyring): Promise<boolean> {
  return inTransaction(async (tx) => {
    await store.lockKeyring(tx);
    const used = await store.readFact(tx, 'keyring.used');
    if (used !== undefined && !holdsKeys(keyring, JSON.parse(used) as KeyIds)) return false;
    const known: Known = { ...idsOf(keyring), keys: keyring.keys.map(({ id }) => id), signing: keyring.signing.map(({ signingKey }) => signingKey.verifyKey.id) };
    await store.writeFact(tx, 'keyring.known', JSON.stringify(known));
    return true;
  });
}
