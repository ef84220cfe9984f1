/** Values are padded to a multiple of this, so that a stolen database does not tell a short password from a long one. */
export const PADDING_BLOCK = 64;

/** ISO/IEC 7816-4: the byte 0x80, then zeros up to the next multiple of {@link PADDING_BLOCK}; always at least one byte. */
export function pad(value: Uint8Array): Buffer {
  const padded = Buffer.alloc((Math.floor(value.byteLength / PADDING_BLOCK) + 1) * PADDING_BLOCK);
  padded.set(value);
  padded[value.byteLength] = 0x80;
  return padded;
}

/** A copy of the value, or `undefined` when this is not what {@link pad} makes. */
export function unpad(padded: Uint8Array): Buffer | undefined {
  let end = padded.byteLength - 1;
  while (end >= 0 && padded[end] === 0) end -= 1;
  const isPadded = end >= 0 && padded[end] === 0x80 && padded.byteLength - end <= PADDING_BLOCK;
  return isPadded && padded.byteLength % PADDING_BLOCK === 0 ? Buffer.from(padded.subarray(0, end)) : undefined;
}
