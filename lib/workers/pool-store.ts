import { prisma } from '@/lib/db';

/** The newest pool epoch with what its signature covers, or null. */
export function newestPoolEpoch() {
  return prisma().poolEpoch.findFirst({ orderBy: { number: 'desc' } });
}
