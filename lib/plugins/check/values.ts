/** What whoever finds an entry of a check in a backend should know; ASCII, no blank at either end. */
export function marked(text: string): string {
  return `Secret Store plugin:check, may be deleted: ${text}`;
}

const ascii = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String.fromCharCode(from + index)).join('');

/** 64 characters a line, as PEM has them. */
function pem(lines: number): string {
  const line = (at: number) => Buffer.alloc(48, at * 37 + 11).toString('base64');
  return ['-----BEGIN CERTIFICATE-----', ...Array.from({ length: lines }, (_, at) => line(at)), '-----END CERTIFICATE-----'].join('\n');
}

/** Values that the contract allows, each of which some backend or library has spoiled. */
export const testValues = {
  /** one byte is the least */
  short: 'x',
  lines: pem(24),
  /** composed and decomposed accents, both directions, four-byte characters, a byte order mark, a character that is none */
  unicode: marked('Zażółć gęślą jaźń, e\u0301 \u00e9, \u05e9\u05dc\u05d5\u05dd, 日本語, 🗝👩‍👩‍👧, \u200b\ufeff\u2028\u00a0, \ufffe.'),
  quotes: marked('"double" \'single\' `back` \\ \\n \\u0041 %41 %s ${HOME} $(id) {{x}} {"json": ["a", null]} <b>&amp;</b> a=b;c&d #?+/ -- .'),
  edges: ` \t\n ${marked('blanks and line ends at both ends')} \t\r\n\n`,
  /** all of ASCII's but NUL, and all three line ends */
  control: marked(`[${ascii(1, 31)}${ascii(127, 127)}\r\n \r \n].`),
};

/** Most bytes that a value may have. */
export const largest = 65_536;

/** ASCII of exactly so many bytes, no part of which is like another. */
export function valueOf(bytes: number): string {
  const head = marked('');
  let text = head;
  for (let count = 0; text.length < bytes; count++) text += `${count.toString(36)}.`;
  return text.slice(0, bytes);
}

/** How a value came back, without showing it. */
export function difference(stored: string, found: string): string | undefined {
  if (stored === found) return undefined;
  const [wanted, came] = [Array.from(stored), Array.from(found)];
  const differing = wanted.findIndex((char, index) => char !== came[index]);
  const at = differing < 0 ? wanted.length : differing;
  const name = (char: string | undefined) => (char === undefined ? 'the end' : `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`);
  return `${count(stored)} were stored and ${count(found)} came back. At character ${at + 1} there should be ${name(wanted[at])}, and there is ${name(came[at])}.`;
}

function count(text: string): string {
  const characters = Array.from(text).length;
  return `${characters.toLocaleString('en')} character${characters === 1 ? '' : 's'} (${Buffer.byteLength(text).toLocaleString('en')} bytes)`;
}
