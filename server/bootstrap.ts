import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { recordEvent } from '@/lib/audit/store';
import { hashPassword } from '@/lib/crypto/password';
import { inTransaction, type Transaction } from '@/lib/db';
import { env } from '@/lib/env';
import { newId } from '@/lib/ids';
import { KeyringFileError, loadOrCreateKeyring, readKeyringFile } from '@/lib/keyring-file';
import { noteKeyring } from '@/lib/keyring/rotation';
import { internalProvider } from '@/lib/providers/internal';
import { accountNameSchema, passwordSchema } from '@/lib/schemas/common';
import { insertUser } from '@/lib/users/store';
import { UserError } from '@/server/user-error';

export interface Bootstrapped {
  /** The first admin, when this start made one; the password is there only when it was generated. */
  createdAdmin?: { username: string; password?: string };
}

/**
 * Makes a migrated database usable: ties it to this server's keyring, adds the built-in provider and, while there is no
 * user, the first admin. Several servers starting at once end with one of each. Throws a UserError when the keyring is
 * not this database's.
 */
export async function bootstrap(): Promise<Bootstrapped> {
  await tieKeyring().catch((error: unknown) => {
    throw error instanceof KeyringFileError ? new UserError(error.message) : error;
  });
  await addInternalProvider();
  return addFirstAdmin();
}

async function tieKeyring(): Promise<void> {
  const file = env().keyringFile;
  // In this order: a server that starts at the same moment on the same file writes the file before it ties the database.
  const known = await inTransaction((tx) => tx.installation.findUnique({ where: { name: 'keyring' } }));
  const found = readKeyringFile(file);
  if (known && !found) {
    throw new UserError(`This database belongs to a keyring that is not at ${file}. Put its keyring.json back from your backup; a new one could read nothing and no API key would work.`);
  }
  const keyring = found ?? loadOrCreateKeyring(file).keyring;
  const tied = known ?? (await inTransaction((tx) => tx.installation.upsert({ where: { name: 'keyring' }, create: { name: 'keyring', value: keyring.id }, update: {} })));
  if (tied.value !== keyring.id) {
    throw new UserError(`The keyring ${file} does not belong to this database. Put the right keyring.json there, or name the right database.`);
  }
  if (!(await noteKeyring(keyring))) {
    throw new UserError(`The keyring ${file} is another copy than the one in use: it lacks the keys that this database is under now. Copy keyring.json from the server on which they were changed, or from the backup of the same day as the database.`);
  }
}

async function addInternalProvider(): Promise<void> {
  await inTransaction(async (tx) => {
    await lock(tx);
    if (await tx.provider.findFirst({ where: { kind: 'internal' } })) return;
    const { name, ...rest } = internalProvider;
    await tx.provider.create({ data: { id: newId(), kind: 'internal', name, nameKey: name, ...rest, isEnabled: true, defaultSlot: true } });
  });
}

async function addFirstAdmin(): Promise<Bootstrapped> {
  const { username: wanted, password: given } = env().firstAdmin;
  const username = check('SECRET_STORE_ADMIN_USERNAME', accountNameSchema, wanted || 'admin');
  const password = given ? check('SECRET_STORE_ADMIN_PASSWORD', passwordSchema, given) : readablePassword();
  const passwordHash = await hashPassword(password);
  return inTransaction(async (tx) => {
    await lock(tx);
    if (await tx.user.findFirst({ select: { id: true } })) return {};
    const user = await insertUser(tx, {
      id: newId(), username, email: `${username}@secret-store.local`, fullname: '', companyName: '', companyRole: '', passwordHash, isAdmin: true,
    });
    await recordEvent(tx, { action: 'user.create', actor: { kind: 'system', name: 'first start' }, object: { id: user.id, name: username }, details: { role: 'admin' } });
    return { createdAdmin: { username, ...(given ? {} : { password }) } };
  });
}

/** One server at a time looks whether something is there yet; the row exists since the keyring was tied. */
async function lock(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SELECT value FROM installation WHERE name = 'keyring' FOR UPDATE`;
}

/** 120 random bits in letters that are not taken for one another, in groups to type. */
function readablePassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  const text = [...randomBytes(24)].map((byte) => letters[byte % letters.length]).join('');
  return text.match(/.{6}/g)?.join('-') ?? text;
}

function check(variable: string, schema: z.ZodType<string>, value: string): string {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new UserError(`${variable} ${parsed.error.issues[0]?.message ?? 'cannot be used.'}`);
  return parsed.data;
}
