/**
 * A plugin's words as they may stand in a page, a log or a terminal: on one line, and without characters that move the cursor
 * or turn the text around.
 */
export function plainWords(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ');
}
