import { EnvelopeError } from '@/lib/crypto/errors';

/** What a sealed value is bound to. Opened with any other, it is refused. */
export interface SealContext {
  readonly algorithmId: string;
  readonly secretId: string;
  /** The environment variable's name. */
  readonly secretKey: string;
  /** Of the secret, from 1. */
  readonly version: number;
  /** Of the worker pool, from 1. */
  readonly poolEpoch: number;
}

const UINT32_MAX = 0xffff_ffff;
const TEXT_MAX = 0xffff;

// Printable ASCII has one encoding; ids and environment variable names need no more.
const PRINTABLE = /^[\x21-\x7e]+$/;

function uint32(value: number, name: string): Buffer {
  if (!Number.isInteger(value) || value < 1 || value > UINT32_MAX) {
    throw new EnvelopeError('context', `The record's ${name} is no number from 1 to ${UINT32_MAX}`);
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function text(value: string, name: string): Buffer {
  if (typeof value !== 'string' || value.length > TEXT_MAX || !PRINTABLE.test(value)) {
    throw new EnvelopeError('context', `The record's ${name} is empty, too long, or not printable ASCII`);
  }
  const bytes = Buffer.alloc(2 + value.length);
  bytes.writeUInt16BE(value.length);
  bytes.write(value, 2, 'latin1');
  return bytes;
}

/** The pool epoch as it stands in the envelope's header: 4 bytes, big-endian. */
export function epochBytes(context: SealContext): Buffer {
  return uint32(context.poolEpoch, 'pool epoch');
}

/**
 * The associated data: the envelope's header, then the record, each text behind its length so that no two records have
 * the same bytes. The pool epoch is in the header.
 */
export function associatedData(header: Uint8Array, context: SealContext): Buffer {
  return Buffer.concat([
    header,
    text(context.algorithmId, 'algorithm id'),
    text(context.secretId, 'secret id'),
    text(context.secretKey, 'secret key'),
    uint32(context.version, 'version'),
  ]);
}
