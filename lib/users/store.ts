import { prisma, type Transaction } from '@/lib/db';
import type { Prisma } from '@/lib/generated/prisma/client';

const shown = {
  id: true, email: true, fullname: true, companyName: true, companyRole: true, isAdmin: true, isClusterViewer: true, created: true,
  account: { select: { name: true, nameKey: true } },
} as const satisfies Prisma.UserSelect;

/** What may be shown of a user: never the password's hash. */
export type UserRow = Prisma.UserGetPayload<{ select: typeof shown }>;

export function findUserNamed(username: string, tx?: Transaction): Promise<UserRow | null> {
  return (tx ?? prisma()).user.findFirst({ where: { account: { nameKey: username.toLowerCase() } }, select: shown });
}

/** A page of users by name. Walked from the accounts, whose index has the order. */
export async function listUserRows(after: string | undefined, take: number): Promise<UserRow[]> {
  const accounts = await prisma().account.findMany({
    where: { kind: 'user', ...(after !== undefined && { nameKey: { gt: after } }) },
    select: { user: { select: shown } },
    orderBy: { nameKey: 'asc' },
    take,
  });
  return accounts.flatMap(({ user }) => user ?? []);
}

export interface NewUser {
  id: string;
  username: string;
  email: string;
  fullname: string;
  companyName: string;
  companyRole: string;
  passwordHash: string | null;
  isAdmin?: boolean;
}

export async function insertUser(tx: Transaction, user: NewUser): Promise<UserRow> {
  const { username, ...rest } = user;
  await tx.account.create({ data: { id: user.id, name: username, nameKey: username.toLowerCase(), kind: 'user' } });
  // No session can have begun before there was this user, whatever the clocks of server and database say.
  return tx.user.create({ data: { ...rest, emailKey: user.email.toLowerCase(), sessionsSince: new Date(0) }, select: shown });
}

export async function setRole(tx: Transaction, userId: string, role: { isAdmin?: boolean; isClusterViewer?: boolean }): Promise<void> {
  await tx.user.update({ where: { id: userId }, data: { ...role, modified: new Date() } });
}

export async function setPasswordHash(tx: Transaction, userId: string, passwordHash: string): Promise<void> {
  // Sessions that began with the old password, or without one, are over.
  await tx.user.update({ where: { id: userId }, data: { passwordHash, sessionsSince: new Date(), modified: new Date() } });
}

/** Deletes the account; keys, links and memberships go with it. Fails while algorithms belong to it. */
export async function deleteAccount(tx: Transaction, id: string): Promise<void> {
  await tx.account.delete({ where: { id } });
}

export function countAlgorithms(tx: Transaction, ownerId: string): Promise<number> {
  return tx.algorithm.count({ where: { ownerId } });
}

export function countAdmins(tx: Transaction): Promise<number> {
  return tx.user.count({ where: { isAdmin: true } });
}

export async function hasUsers(): Promise<boolean> {
  return (await prisma().user.findFirst({ select: { id: true } })) !== null;
}

export async function insertLink(tx: Transaction, link: { id: string; userId: string; tokenHash: Uint8Array<ArrayBuffer>; expires: Date }): Promise<void> {
  await tx.oneTimeLink.deleteMany({ where: { userId: link.userId } });
  await tx.oneTimeLink.create({ data: link });
}

/** Whether a link can be used now. */
export async function isLinkGood(tokenHash: Uint8Array<ArrayBuffer>): Promise<boolean> {
  return (await prisma().oneTimeLink.findFirst({ where: { tokenHash, used: null, expires: { gt: new Date() } }, select: { id: true } })) !== null;
}

/** Uses a link up, once: the user whose it is, or undefined when it is unknown, used or over. */
export async function useLink(tx: Transaction, tokenHash: Uint8Array<ArrayBuffer>): Promise<{ id: string; name: string } | undefined> {
  const now = new Date();
  const { count } = await tx.oneTimeLink.updateMany({ where: { tokenHash, used: null, expires: { gt: now } }, data: { used: now } });
  if (count !== 1) return undefined;
  const link = await tx.oneTimeLink.findUnique({ where: { tokenHash }, select: { user: { select: { id: true, account: { select: { name: true } } } } } });
  return link ? { id: link.user.id, name: link.user.account.name } : undefined;
}
