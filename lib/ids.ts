import { v7 } from 'uuid';
import { randomBytes } from 'node:crypto';

/** A new UUID. Version 7: rows written together lie together, so indexes stay small and warm. */
export function newId(): string {
  return v7();
}

/** A new revision: 63 random bits, so that the XOR of an algorithm's revisions changes with every write. */
export function newRevision(): bigint {
  return randomBytes(8).readBigInt64BE() >> 1n;
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID. What is none can be the id of nothing, so look-ups answer "not found" without asking the database. */
export function isId(text: string): boolean {
  return uuidForm.test(text);
}
