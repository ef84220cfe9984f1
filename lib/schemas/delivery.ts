/**
 * What a worker and the delivery plane say to each other, under `/worker/v1`. One schema each, used by both sides.
 * Bytes travel as base64url; times as RFC 3339.
 */
import { z } from 'zod';

/** Limits that both sides keep, so that neither can fill the other's memory. */
export const limits = {
  bodyBytes: 1024 * 1024,
  checkedAlgorithms: 2_000,
  startsTogether: 256,
  /** Of an answer to several starts; what does not fit has to be asked for alone. */
  togetherBytes: 8 * 1024 * 1024,
  receiptsPerReport: 500,
  /** 200 secrets of the largest size, as sealed base64, and some room. */
  bundleBytes: 32 * 1024 * 1024,
} as const;

export const base64url = z.string().regex(/^[A-Za-z0-9_-]*$/, 'is not base64url');
/** A raw X25519 or Ed25519 public key. */
export const rawKey = base64url.length(43);
export const signature = base64url.length(86);
export const sealed = base64url.min(1).max(4096);
export const uuid = z.uuid();
export const epochNumber = z.number().int().positive().max(0xffff_ffff);
export const tag = z.string().regex(/^[0-9]{1,9}:[0-9a-f]{64}$/, 'is not a tag');
const name = z.string().trim().min(1).max(100);
const time = z.iso.datetime({ offset: true });

/**
 * The server's signing keys, and those that it retired; each key in the set signs all of it, so that a pinned key can introduce
 * new ones.
 */
export const verifyKeySet = z.object({
  keys: z.array(rawKey).min(1).max(16),
  retired: z.array(rawKey).max(64),
  signatures: z.array(z.object({ key: rawKey, signature })).min(1).max(16),
});
export type VerifyKeySet = z.infer<typeof verifyKeySet>;

export const workerState = z.enum(['pending', 'approved', 'revoked']);
export type WorkerState = z.infer<typeof workerState>;

export const joinRequest = z.object({
  token: z.string().min(16).max(200),
  name,
  boxKey: rawKey,
  signKey: rawKey,
  proof: signature,
  software: z.string().max(60).default(''),
});
export type JoinRequest = z.input<typeof joinRequest>;

export const joinAnswer = z.object({ workerId: uuid, state: workerState, serverId: uuid, verifyKeys: verifyKeySet });
export type JoinAnswer = z.infer<typeof joinAnswer>;

export const challengeAnswer = z.object({ challenge: z.string().min(1).max(300), serverId: uuid });

export const sessionRequest = z.object({
  workerId: uuid,
  challenge: z.string().min(1).max(300),
  signature,
  software: z.string().max(60).default(''),
});
export const sessionAnswer = z.object({ token: z.string().max(400), expiresIn: z.number().int().positive(), state: workerState });

export const poolEpoch = z.object({
  epoch: epochNumber,
  publicKey: rawKey,
  recoveryPublicKey: rawKey,
  recoveryEnvelope: sealed,
  signature,
  /** The worker that made it, with its signature over the same; null for an epoch of an older version. */
  maker: z.object({ boxKey: rawKey, signKey: rawKey, signature }).nullable().default(null),
});
export type PoolEpochRecord = z.infer<typeof poolEpoch>;

/** An approved worker, with the server's signature that it is one. */
export const approvedWorker = z.object({ workerId: uuid, name: z.string(), boxKey: rawKey, signKey: rawKey, approval: signature });
export type ApprovedWorker = z.infer<typeof approvedWorker>;

/** One that has no key of some epochs yet: whoever has them hands them on. */
export const pendingGrant = approvedWorker.extend({ epochs: z.array(epochNumber).min(1) });
export type PendingGrant = z.infer<typeof pendingGrant>;

export const selfAnswer = z.object({
  workerId: uuid,
  name: z.string(),
  state: workerState,
  serverId: uuid,
  verifyKeys: verifyKeySet,
  currentEpoch: epochNumber.nullable(),
  pools: z.array(poolEpoch),
  grants: z.array(z.object({ epoch: epochNumber, envelope: sealed })),
  pendingGrants: z.array(pendingGrant),
  /** The next epoch is wanted, and this worker may make it: for itself and these others. */
  rotation: z.object({ after: epochNumber, workers: z.array(approvedWorker) }).nullable().default(null),
  /** Older epochs that stored values are still sealed for. */
  reseal: z.array(epochNumber).default([]),
});
export type SelfAnswer = z.infer<typeof selfAnswer>;

export const poolRequest = z.object({
  /** Not 1 when a worker brings its pool to a database that has none. */
  epoch: epochNumber.default(1),
  publicKey: rawKey,
  recoveryPublicKey: rawKey,
  recoveryEnvelope: sealed,
  selfEnvelope: sealed,
  makerSignature: signature,
});
export type PoolRequest = z.infer<typeof poolRequest>;
export const poolAnswer = poolEpoch;

export const grantRequest = z.object({ workerId: uuid, epoch: epochNumber, envelope: sealed });
export const emptyAnswer = z.object({});

export const checkRequest = z.object({
  algorithms: z
    .record(uuid, tag)
    .refine((map) => Object.keys(map).length <= limits.checkedAlgorithms, `names more than ${limits.checkedAlgorithms} algorithms`),
});
export const checkAnswer = z.object({ changed: z.array(uuid) });

/** `start`: a command is about to run. `prefetch`: kept for the time when the delivery plane is away. */
export const startReason = z.enum(['start', 'prefetch']);
export type StartReason = z.infer<typeof startReason>;

/** As accounts and algorithms are named (contract, section 1): nothing else can exist, nor reach a statement. */
const part = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,99}$/, 'is no name');
const startOptions = { tag: tag.optional(), reason: startReason.default('start') };
export const startRequest = z.union([
  z.object({ algorithmId: uuid, ...startOptions }),
  z.object({ owner: part, name: part, ...startOptions }),
]);
export type StartRequest = z.input<typeof startRequest>;

/** Where a value is that a plugin keeps, with the server's signature that this secret's value is there. */
export const secretEntry = z.object({
  providerId: uuid,
  providerKey: z.string().max(100_000),
  /** The backend's own version when the control plane stored or linked it. */
  providerVersion: z.string().max(100_000).nullable(),
  /** Base64; null when it is not there. */
  reference: z.string().max(1_000).nullable(),
});
export type SecretEntry = z.infer<typeof secretEntry>;

/** One secret as a worker gets it: sealed, or as an entry in a plugin's backend. `envelope` is null when the stored value is not there. */
export const sealedSecret = z.object({
  id: uuid,
  key: z.string().max(1000),
  version: z.number().int(),
  versionId: uuid,
  poolEpoch: z.number().int().nullable(),
  envelope: z.string().nullable(),
  entry: secretEntry.optional(),
  modified: z.string(),
});
export type SealedSecret = z.infer<typeof sealedSecret>;

export const algorithmRef = z.object({ id: uuid, owner: z.string(), name: z.string() });
export type AlgorithmRef = z.infer<typeof algorithmRef>;

export const unchangedAnswer = z.object({ algorithm: algorithmRef, tag, unchanged: z.literal(true) });
export const providerRevision = z.string().regex(/^[0-9a-f]{64}$/, 'is no revision');
export const bundleAnswer = z.object({
  algorithm: algorithmRef,
  tag,
  secrets: z.array(sealedSecret),
  /** What the plugins run that its values come from; absent when none does. */
  providers: z.array(z.object({ id: uuid, revision: providerRevision })).optional(),
});
export type Bundle = z.infer<typeof bundleAnswer>;
export const startAnswer = z.union([unchangedAnswer, bundleAnswer]);
export type StartAnswer = z.infer<typeof startAnswer>;

/** Starts that a worker was asked for at the same moment: one request, an event each, answers in the same order. */
export const startsRequest = z.object({ starts: z.array(startRequest).min(1).max(limits.startsTogether) });
export const startsAnswer = z.object({
  answers: z.array(z.union([startAnswer, z.object({ error: z.object({ status: z.number().int(), code: z.number().int(), message: z.string() }) }), z.object({ askAlone: z.literal(true) })])),
});
export type StartsAnswer = z.infer<typeof startsAnswer>;

/** Why a worker did not start a command, in words that tell nothing of a value. */
export const refusalCause = z.enum([
  'does_not_open',
  'rolled_back',
  'value_missing',
  'bad_key',
  'duplicate_key',
  'unknown_epoch',
  'bad_value',
  'replaced',
  'bad_reference',
  'bad_provider',
  'bad_module',
  'not_available',
]);
export type RefusalCause = z.infer<typeof refusalCause>;

/** A start that the delivery plane has not seen: the worker was offline, or it refused what it was given. */
export const receipt = z.object({
  id: uuid,
  algorithmId: uuid,
  at: time,
  outcome: z.enum(['started', 'refused']),
  tag: tag.nullable(),
  variable: z.string().max(1000).default(''),
  cause: refusalCause.optional(),
});
export type Receipt = z.input<typeof receipt>;
export const receiptsRequest = z.object({
  starts: z.array(receipt).max(limits.receiptsPerReport),
  /** Receipts that did not fit into the worker's spool since the last report. */
  dropped: z.number().int().nonnegative().default(0),
});

/**
 * What a worker runs for a provider. Its configuration is sealed to that worker, `sealTo` for `provider-configuration`, bound
 * to `providerConfigurationContext`; `delivery` is the server's signature over `providerDeliveryStatement`.
 */
export const providerAnswer = z.object({
  id: uuid,
  name: z.string().max(1_000),
  revision: providerRevision,
  moduleSha256: z.string().regex(/^[0-9a-f]{64}$/),
  factoryClassName: z.string().max(10_000),
  settings: z.record(z.string(), z.unknown()),
  signature,
  configuration: base64url.max(4 * 1024 * 1024),
  delivery: signature,
});
export type ProviderAnswer = z.infer<typeof providerAnswer>;

/** A line of the change stream. */
export const changeLine = z.union([
  z.object({ algorithmId: uuid }),
  z.object({ ping: z.literal(true), listening: z.boolean().optional() }),
  z.object({ self: z.literal(true) }),
  z.object({ revoked: z.literal(true) }),
]);

export const errorBody = z.object({ error: z.object({ id: z.string(), code: z.number(), message: z.string() }) });
