/** What the host's answers hold. It shares its process with a plugin, so each is looked at before it is believed. */
export interface Capabilities {
  /** seconds that the provider object is used before the host makes a new one; 0 = for ever */
  ttl: number;
  allowsCreate: boolean;
  allowsUpdate: boolean;
  allowsDelete: boolean;
}

export interface SecretValue {
  value: string;
  /** seconds that the value may be used; 0 = it does not expire */
  ttl: number;
}

/** An answer of another shape than the protocol has. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer';
}

function field(answer: unknown, name: string): unknown {
  if (typeof answer !== 'object' || answer === null || !Object.hasOwn(answer, name)) throw new WrongAnswer(`The answer has no ${name}`);
  return (answer as Record<string, unknown>)[name];
}

function text(answer: unknown, name: string): string {
  const value = field(answer, name);
  if (typeof value !== 'string') throw new WrongAnswer(`The answer's ${name} is no text`);
  return value;
}

function textOrNull(answer: unknown, name: string): string | null {
  return field(answer, name) === null ? null : text(answer, name);
}

/** Longer than any backend's, and short enough for every bundle that it is sent with. */
const longestName = 10_000;

/** What a plugin calls an entry, or a version of it: stored, signed and sent to workers. */
function name(answer: unknown, what: string): string {
  const value = text(answer, what);
  if (value.length > longestName || value.includes('\0') || !value.isWellFormed()) throw new WrongAnswer(`The answer's ${what} is over 10,000 characters, or has one that cannot be stored`);
  return value;
}

function nameOrNull(answer: unknown, what: string): string | null {
  return field(answer, what) === null ? null : name(answer, what);
}

function truth(answer: unknown, name: string): boolean {
  const value = field(answer, name);
  if (typeof value !== 'boolean') throw new WrongAnswer(`The answer's ${name} is neither true nor false`);
  return value;
}

function count(answer: unknown, name: string): number {
  const value = field(answer, name);
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new WrongAnswer(`The answer's ${name} is no whole number`);
  return Math.max(0, value);
}

export const answers = {
  hello: (answer: unknown) => ({ protocol: count(answer, 'protocol'), java: text(answer, 'java') }),
  create: (answer: unknown): Capabilities => ({
    ttl: count(answer, 'ttl'),
    allowsCreate: truth(answer, 'allowsCreate'),
    allowsUpdate: truth(answer, 'allowsUpdate'),
    allowsDelete: truth(answer, 'allowsDelete'),
  }),
  createSecret: (answer: unknown) => name(answer, 'providerKey'),
  updateSecret: (answer: unknown) => nameOrNull(answer, 'version'),
  deleteSecret: (answer: unknown) => truth(answer, 'deleted'),
  getSecret: (answer: unknown): SecretValue => ({ value: text(answer, 'value'), ttl: count(answer, 'ttl') }),
  getSecretVersion: (answer: unknown) => nameOrNull(answer, 'version'),
  secretLastUpdated: (answer: unknown) => textOrNull(answer, 'at'),
  ping: (answer: unknown) => ({ running: count(answer, 'running'), stuck: count(answer, 'stuck'), threads: count(answer, 'threads'), heapUsed: count(answer, 'heapUsed') }),
};

export type ProviderCall = 'createSecret' | 'updateSecret' | 'deleteSecret' | 'getSecret' | 'getSecretVersion' | 'secretLastUpdated';

/** Calls that change nothing, and so may be made once more when the host died under them. */
export const reads: ReadonlySet<ProviderCall> = new Set<ProviderCall>(['getSecret', 'getSecretVersion', 'secretLastUpdated']);
