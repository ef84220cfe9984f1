import { prisma } from '@/lib/db';

/** The user whom an identity (`issuer|subject`) is tied to. */
export async function findByIdentity(oidcSubject: string): Promise<{ id: string; name: string } | undefined> {
  const user = await prisma().user.findUnique({ where: { oidcSubject }, select: { id: true, account: { select: { name: true } } } });
  return user ? { id: user.id, name: user.account.name } : undefined;
}

/** Ties an identity to the user of an e-mail address who has none yet; false when there is no such user. */
export async function linkIdentity(emailKey: string, oidcSubject: string): Promise<boolean> {
  const { count } = await prisma().user.updateMany({ where: { emailKey, oidcSubject: null }, data: { oidcSubject } });
  return count === 1;
}
