import { randomBytes, randomUUID } from 'node:crypto';
import { PluginError } from '../host/plugin-error';
import { Broken, NotApplicable, type Guarantee } from './guarantee';
import type { Scene } from './scene';

/** What a key with such a name holds lets one in, and is never to be seen. */
export function isCredential(key: string): boolean {
  if (/path|ur[il]|addr|host|endpoint|mount|folder|dir(ectory)?$|file|version|namespace|ttl|time-?out|(^|[_.-])id$/i.test(key)) return false;
  return /token|secret|passw|passphrase|pwd|credential|api[_.-]?key|access[_.-]?key|private[_.-]?key|account[_.-]?key|sas/i.test(key);
}

/** How a provider with another configuration fares: it works, or where it fails and with what. */
async function tryWith(scene: Scene, configuration: Record<string, string>, key: string): Promise<PluginError | undefined> {
  try {
    // It has to run to be given another one, as the host does it: the one before stays where create throws.
    await scene.second.capabilities();
    await scene.second.create(configuration);
    // Reading only: with a wrong configuration an entry might be made elsewhere, and stay there.
    await scene.second.getSecretVersion(key);
    return undefined;
  } catch (error) {
    if (error instanceof PluginError) return error;
    throw error;
  } finally {
    await scene.second.create({ ...scene.configuration }).catch(() => undefined);
  }
}

/** The plugin's own words: without what the client put before them and the exception's name. */
function wordsOf(error: PluginError): { type: string; words: string } {
  const [, type = '', words = ''] = /^(?:\w+ failed: )?([\w$]+)(?:: ([\s\S]*))?$/.exec(error.message) ?? [undefined, '', error.message];
  return { type, words };
}

const accidents = /^(NullPointer|ClassCast|IndexOutOfBounds|ArrayIndexOutOfBounds|StringIndexOutOfBounds|NoSuchElement|NegativeArraySize|ArithmeticException)/;

/** Throws Broken for a failure that no administrator could do anything with. */
function demandWords(error: PluginError, what: string): void {
  if (error.kind === 'timeout' || error.kind === 'killed') throw new Broken(`With ${what}: ${error.message}`, 'Check the configuration in create and throw there; give network clients time-outs.', error);
  const { type, words } = wordsOf(error);
  if (accidents.test(type)) throw new Broken(`With ${what} it fails by accident, not by a check: ${error.message}`);
  if (words.trim() === '') throw new Broken(`With ${what} it throws ${type} without a message.`);
}

const short = (text: string) => (text.length > 160 ? `${text.slice(0, 159)}…` : text);

/** One for each key that was given: left out, then with a value that is wrong. */
function keyGuarantee(key: string): Guarantee {
  return {
    id: `configuration:${key}`,
    group: 'Errors',
    title: `Without ${key}, or with a wrong one, it works or says what is wrong`,
    cure: 'Check each key in create: throw an IllegalArgumentException that names the key and says what it should be, without its value. A refusal by the backend is an exception that says so.',
    needs: ['interface'],
    entries: 'none',
    async check(scene) {
      const canRead = (scene.makesEntries || scene.linked !== undefined) && scene.kept.has('version') && scene.kept.has('another-process');
      const entry = canRead ? await scene.keyToRead() : randomUUID();
      const { [key]: _left, ...without } = scene.configuration;
      const missing = await tryWith(scene, without, entry);
      if (missing && missing.kind !== 'not-found') demandWords(missing, `no ${key}`);
      const wrong = await tryWith(scene, { ...scene.configuration, [key]: `wrong-${randomBytes(9).toString('hex')}` }, entry);
      if (wrong?.kind === 'not-found' && canRead && isCredential(key)) {
        throw new Broken(`With a wrong ${key} it says that an entry is not there which is: it takes the backend’s refusal for an answer. ${wrong.message}`);
      }
      if (wrong && wrong.kind !== 'not-found') demandWords(wrong, `a wrong ${key}`);
      if (!wrong && !missing) return 'It makes no difference';
      const said = (what: string, error: PluginError | undefined) => `${what}: ${error ? short(wordsOf(error).words) : 'works all the same.'}`;
      return `${said('Missing', missing)} ${said('Wrong', wrong)}`;
    },
  };
}

/** Longer than any message that the host passes on: it says how long it was instead. */
const OVERLONG = 300_000;

const credentials: Guarantee = {
  id: 'errors-keep-credentials',
  group: 'Errors',
  title: 'No error gives away a credential of the configuration',
  cure: 'Leave values out of messages; name the key. Mind libraries that put a whole request or configuration into theirs.',
  needs: ['interface'],
  entries: 'none',
  async check(scene) {
    const keys = Object.keys(scene.configuration).filter(isCredential);
    if (keys.length === 0) throw new NotApplicable('No key of the configuration looks like that of a credential.');
    for (const key of keys) {
      const error = await tryWith(scene, { ...scene.configuration, [key]: `canary-${'x'.repeat(OVERLONG)}` }, randomUUID());
      // The host hides values that it knows, so that they cannot be looked for: but not how long a message was.
      if (error && /\(a message of \d{6,} characters\)/.test(error.message)) throw new Broken(`An error about ${key} has its value in it.`);
    }
    return `Looked at: ${keys.join(', ')}`;
  },
};

export function configurationGuarantees(configuration: Readonly<Record<string, string>>): Guarantee[] {
  return [...Object.keys(configuration).map(keyGuarantee), credentials];
}
