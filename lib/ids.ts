import { v7 } from 'uuid';
import { randomBytes, randomFillSync } from 'node:crypto';

// Random bytes for many ids at once: asking for sixteen at a time costs more than all else that an id needs.
const random = Buffer.alloc(4_096);
let used = random.length;

function sixteenBytes(): Uint8Array {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  return random.subarray(used, (used += 16));
}

/** A new UUID. Version 7: rows written together lie together, so indexes stay small and warm. */
export function newId(): string {
  return v7({ random: sixteenBytes() });
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
