/** Why something sealed was not opened, or not sealed. */
export type EnvelopeReason =
  | 'format' // not one of ours: magic or length
  | 'version' // ours, of a format this build does not know
  | 'context' // the caller's record cannot be bound: an id or number out of range
  | 'value' // the value is too long to seal
  | 'epoch' // made for another epoch of the worker pool than the record says
  | 'signer' // signed by a key that is not among those trusted
  | 'signature' // the signature does not fit: altered, moved, or planted
  | 'sealed' // the cipher refuses: other key, other record, or altered
  | 'key'; // the key that it names is not in the keyring

/**
 * Something sealed was refused. `reason` is for code and counters; the message is for people and holds no part of
 * a value, key or ciphertext.
 */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';

  constructor(
    readonly reason: EnvelopeReason,
    message: string,
  ) {
    super(message);
  }
}
