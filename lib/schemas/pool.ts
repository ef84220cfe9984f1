/** How workers replace the pool's key, and seal what is stored to the new one. Part of the delivery protocol. */
import { z } from 'zod';
import { base64url, epochNumber, rawKey, sealed, signature, uuid } from '@/lib/schemas/delivery';

export const resealLimits = {
  /** Values in one answer. */
  values: 100,
  /** Of their envelopes together; one more may exceed it. */
  bytes: 2 * 1024 * 1024,
  /** Of sealed values in one request, as text: it stays under the limit of a body. */
  requestBytes: 700_000,
} as const;

export const nextPoolRequest = z.object({
  /** The newest epoch, which ends by this. */
  after: epochNumber,
  publicKey: rawKey,
  /** The new private key, sealed to the recovery key of the epoch before. */
  recoveryEnvelope: sealed,
  makerSignature: signature,
  /** The new private key, sealed to each worker, the maker included. */
  grants: z.array(z.object({ workerId: uuid, envelope: sealed })).min(1).max(2_000),
  /** True for a worker that leaves out others on purpose: nobody confirmed them on its machine. */
  partial: z.boolean().default(false),
});
export type NextPoolRequest = z.input<typeof nextPoolRequest>;

/** SHA-256 of an envelope: what was handed out must still be what is stored. */
const hash = base64url.length(43);

export const resealQuery = z.object({
  epoch: z.coerce.number().pipe(epochNumber),
  /** Values after this version's id; none: from the first. */
  after: uuid.optional(),
});

export const resealAnswer = z.object({
  /** The newest epoch. */
  epoch: epochNumber,
  /** Id of the key that the server will sign with; it is in what the worker seals. */
  signer: z.string().regex(/^[0-9a-f]{16}$/),
  /** Another worker is at it. */
  busy: z.boolean(),
  values: z.array(
    z.object({
      versionId: uuid,
      algorithmId: z.string(),
      secretId: z.string(),
      secretKey: z.string(),
      version: z.number(),
      poolEpoch: z.number(),
      envelope: base64url,
    }),
  ),
});
export type ResealAnswer = z.infer<typeof resealAnswer>;
export type StoredValue = ResealAnswer['values'][number];

const resealed = z.object({ versionId: uuid, was: hash, enc: rawKey, ciphertext: base64url.max(88_000) });
export type Resealed = z.infer<typeof resealed>;

/** A record that a worker could not open, and left as it is. */
const leftAsItIs = z.object({ versionId: uuid, cause: z.enum(['format', 'version', 'context', 'value', 'epoch', 'signer', 'signature', 'sealed', 'key']) });
export type LeftAsItIs = z.infer<typeof leftAsItIs>;

export const resealRequest = z.object({
  epoch: epochNumber,
  signer: z.string().regex(/^[0-9a-f]{16}$/),
  values: z.array(resealed).max(resealLimits.values),
  left: z.array(leftAsItIs).max(resealLimits.values),
});
export type ResealRequest = z.infer<typeof resealRequest>;

export const resealStored = z.object({ stored: z.number().int().nonnegative() });
