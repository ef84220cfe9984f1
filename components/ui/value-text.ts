/** What is said of a value while it is typed: its lines, its bytes, and how it ends. */
export interface ValueFacts {
  bytes: number;
  lines: number;
  endsWithLineBreak: boolean;
}

export function valueFacts(value: string): ValueFacts {
  const breaks = value.match(/\r\n|\r|\n/g)?.length ?? 0;
  const endsWithLineBreak = /[\r\n]$/.test(value);
  return {
    bytes: new TextEncoder().encode(value).length,
    lines: value === '' ? 0 : breaks + (endsWithLineBreak ? 0 : 1),
    endsWithLineBreak,
  };
}

/** "5 lines, ends with a line break"; "Empty" for no value. */
export function describeValue({ lines, endsWithLineBreak }: ValueFacts): string {
  if (lines === 0) return 'Empty';
  const count = `${lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'}`;
  return endsWithLineBreak ? `${count}, ends with a line break` : `${count}, no line break at the end`;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A password of 32 letters and digits (190 random bits), each equally likely. */
export function generateValue(length = 32): string {
  const limit = 256 - (256 % alphabet.length);
  let value = '';
  while (value.length < length) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    // Bytes past the last whole multiple would make the first letters likelier.
    if (byte < limit) value += alphabet.charAt(byte % alphabet.length);
  }
  return value;
}

/** A file's content as text, byte for byte; undefined when it is not UTF-8, which no environment variable can hold. */
export function textOf(content: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}
