import { prisma, type Transaction } from '@/lib/db';
import type { Prisma } from '@/lib/generated/prisma/client';
import type { MemberRole } from '@/lib/schemas/organization';

const shown = {
  id: true, label: true, contactName: true, email: true, url: true, typeId: true,
  account: { select: { name: true, nameKey: true } },
  memberships: { where: { role: 'owner' }, select: { userId: true }, orderBy: { created: 'asc' } },
} as const satisfies Prisma.OrganizationSelect;

export type OrganizationRow = Prisma.OrganizationGetPayload<{ select: typeof shown }>;

export function findOrganization(name: string, tx?: Transaction): Promise<OrganizationRow | null> {
  return (tx ?? prisma()).organization.findFirst({ where: { account: { nameKey: name.toLowerCase() } }, select: shown });
}

/** A page of organizations by name; of all of them without `ids`. Walked from the accounts, whose index has the order. */
export async function listOrganizationRows(ids: string[] | undefined, after: string | undefined, take: number): Promise<OrganizationRow[]> {
  const accounts = await prisma().account.findMany({
    where: { kind: 'organization', ...(ids && { id: { in: ids } }), ...(after !== undefined && { nameKey: { gt: after } }) },
    select: { organization: { select: shown } },
    orderBy: { nameKey: 'asc' },
    take,
  });
  return accounts.flatMap(({ organization }) => organization ?? []);
}

export async function insertOrganization(tx: Transaction, name: string, data: Prisma.OrganizationUncheckedCreateInput): Promise<void> {
  await tx.account.create({ data: { id: data.id, name, nameKey: name.toLowerCase(), kind: 'organization' } });
  await tx.organization.create({ data });
}

export async function updateOrganization(tx: Transaction, id: string, data: Prisma.OrganizationUncheckedUpdateInput): Promise<void> {
  await tx.organization.update({ where: { id }, data: { ...data, modified: new Date() } });
}

export interface MemberRow {
  role: MemberRole;
  userId: string;
  user: { account: { name: string; nameKey: string } };
}

const memberShown = { role: true, userId: true, user: { select: { account: { select: { name: true, nameKey: true } } } } } as const;

export function listMemberRows(organizationId: string, after: string | undefined, take: number): Promise<MemberRow[]> {
  return prisma().membership.findMany({
    where: { organizationId, ...(after !== undefined && { user: { account: { nameKey: { gt: after } } } }) },
    select: memberShown,
    orderBy: { user: { account: { nameKey: 'asc' } } },
    take,
  });
}

export function findMember(tx: Transaction, organizationId: string, userId: string): Promise<MemberRow | null> {
  return tx.membership.findUnique({ where: { organizationId_userId: { organizationId, userId } }, select: memberShown });
}

export async function putMember(tx: Transaction, organizationId: string, userId: string, role: MemberRole): Promise<void> {
  await tx.membership.upsert({ where: { organizationId_userId: { organizationId, userId } }, create: { organizationId, userId, role }, update: { role } });
}

export async function deleteMember(tx: Transaction, organizationId: string, userId: string): Promise<void> {
  await tx.membership.delete({ where: { organizationId_userId: { organizationId, userId } } });
}
