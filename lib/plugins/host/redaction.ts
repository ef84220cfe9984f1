/** What stands where a value was. */
const MASK = '•••';
/** Shorter values are words such as "kv" or "1", and are masked where they stand alone. */
const WORD = 4;
/** A value that was used is looked for so long after its last call, since plugins log late. */
const REMEMBER_MS = 30_000;
const REMEMBER_COUNT = 256;
const REMEMBER_CHARS = 1_000_000;

/** Base64 of a value as it stands inside the encoding of something longer, for each of the three places it can begin at. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const forms = [bytes.toString('base64').replace(/=+$/, '')];
  if (bytes.length >= 8) {
    for (const before of [1, 2]) {
      const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64').replace(/=+$/, '');
      // The first and last characters share bits with their neighbours.
      forms.push(text.slice(before + 1, -1));
    }
    forms.push((forms[0] as string).slice(0, -1));
  }
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** A text in the forms in which libraries print it. */
function formsOf(value: string): string[] {
  const trimmed = value.trim();
  if (trimmed === '') return [];
  const url = encodeURIComponent(trimmed.toWellFormed());
  const forms = [
    value,
    trimmed,
    JSON.stringify(trimmed).slice(1, -1),
    JSON.stringify(trimmed).slice(1, -1).replaceAll('/', '\\/'),
    url,
    url.replaceAll('%20', '+'),
    url.replace(/%[\dA-F]{2}/g, (hex) => hex.toLowerCase()),
    // As Java's URLEncoder has it, which leaves other characters alone.
    url.replaceAll('%20', '+').replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    Buffer.from(value, 'utf8').toString('hex'),
    ...base64Forms(value),
    ...(value === trimmed ? [] : base64Forms(trimmed)),
  ];
  const user = /^[a-zA-Z][a-zA-Z\d+.-]*:\/\/([^/@]*)@/.exec(trimmed)?.[1];
  if (user) forms.push(user, ...user.split(':'));
  for (const line of trimmed.split(/\r\n|\r|\n/)) if (line.trim().length >= 2 * WORD) forms.push(line.trim());
  return forms.filter((form) => form !== '');
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/**
 * Takes values out of texts that come from a plugin: its configuration's, those of calls under way, and those of the last
 * half minute. A plugin that means to hide a value in a text can; what is meant here are libraries that print too much.
 */
export class Redactor {
  private configuration: string[] = [];
  private readonly underWay = new Map<string, number>();
  private readonly latest = new Map<string, number>();
  private latestChars = 0;

  /** Replaces the configuration's values. */
  setConfiguration(values: string[]): void {
    this.configuration = [...new Set(values)].flatMap(formsOf);
  }

  /** A call with this value begins; call the result when it is over. */
  begin(value: string): () => void {
    this.underWay.set(value, (this.underWay.get(value) ?? 0) + 1);
    return () => {
      const count = (this.underWay.get(value) ?? 1) - 1;
      if (count > 0) this.underWay.set(value, count);
      else this.underWay.delete(value);
      this.seen(value);
    };
  }

  /** A value came from the plugin, or went to it. */
  seen(value: string): void {
    if (!this.latest.delete(value)) this.latestChars += value.length;
    this.latest.set(value, Date.now());
    for (const [old] of this.latest) {
      if (this.latest.size <= REMEMBER_COUNT && this.latestChars <= REMEMBER_CHARS) break;
      this.drop(old);
    }
  }

  /** Forgets what is older than half a minute. */
  forgetOld(): void {
    const before = Date.now() - REMEMBER_MS;
    for (const [value, at] of this.latest) {
      if (at > before) break;
      this.drop(value);
    }
  }

  private drop(value: string): void {
    this.latest.delete(value);
    this.latestChars -= value.length;
  }

  redact(text: string): string {
    if (text === '') return text;
    const forms = new Set(this.configuration);
    for (const values of [this.underWay, this.latest]) {
      // The forms of a value are longer than it, but for its lines.
      for (const [value] of values) if (value.length <= text.length || value.includes('\n')) for (const form of formsOf(value)) forms.add(form);
    }
    const present = [...forms].filter((form) => text.includes(form)).sort((a, b) => b.length - a.length);
    if (present.length === 0) return text;
    const pattern = present.map((form) => (form.length < WORD ? `(?<!\\w)${escaped(form)}(?!\\w)` : escaped(form))).join('|');
    return text.replace(new RegExp(pattern, 'g'), MASK);
  }
}
