import { hash, verify } from '@node-rs/argon2';

// Argon2id is the package's default algorithm; its enum cannot be used with isolatedModules.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Argon2id (19 MiB, 2 passes, 1 lane) in PHC form. About 10 ms, off the event loop. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

/** False for a wrong password, and for a stored hash that is none. */
export async function verifyPassword(phc: string, password: string): Promise<boolean> {
  try {
    return await verify(phc, password);
  } catch {
    return false;
  }
}

// A hash at the same cost, of a password that nobody kept.
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$3wkODmx6XD7bJuTvVSdweQ$H3kjr4JM2IUk+e+G5gpdQVBrKYr6spIpZQY4ZswZR/A';

/** For an unknown name: takes the time that {@link verifyPassword} takes, so that the answer does not tell who exists. Always false. */
export async function verifyAgainstNobody(password: string): Promise<false> {
  await verifyPassword(NOBODY, password);
  return false;
}
