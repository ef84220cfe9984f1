import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Broken, type Guarantee } from '../guarantee';
import type { Entry, Scene } from '../scene';
import { difference } from '../values';

const stable: Guarantee = {
  id: 'version',
  group: 'Versions',
  title: 'An entry has a version, the same each time it is asked for',
  cure: 'Store a random text with each write and answer that, or the backend’s own number of the version. Workers ask for it to see whether a value changed.',
  needs: ['interface'],
  entries: 'read',
  async check(scene) {
    const key = await scene.keyToRead();
    const version = await scene.client.getSecretVersion(key);
    for (let count = 0; count < 3; count++) {
      if ((await scene.client.getSecretVersion(key)) !== version) throw new Broken('It is another each time, so that every worker would fetch the value again and again.');
    }
    if (version !== null) return undefined;
    if (scene.makesEntries) throw new Broken('getSecretVersion answers null for an entry that createSecret made, so that no worker sees a change.');
    return 'The entry has none (null): a change is seen only when the value is read again';
  },
};

/** Java's own hash of a text, which is what comes to mind first. */
function javaHash(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(31, hash) + text.charCodeAt(at)) | 0;
  return hash;
}

function hashesOf(value: string): string[] {
  const digests = ['md5', 'sha1', 'sha256', 'sha512'].flatMap((name) => {
    const digest = createHash(name).update(value).digest();
    return [digest.toString('hex'), digest.toString('base64').replace(/=+$/, ''), digest.toString('base64url')];
  });
  const numbers = [javaHash(value), typeof crc32 === 'function' ? crc32(value) : undefined].filter((number) => number !== undefined);
  return [...digests, ...numbers.flatMap((number) => [String(number), (number >>> 0).toString(16)])];
}

function demandNothingOf({ version, value }: Entry): void {
  const found = (version ?? '').toLowerCase();
  const isHash = hashesOf(value).some((hash) => found === hash.toLowerCase() || (hash.length >= 16 && found.includes(hash.toLowerCase())));
  if (isHash || found.includes(value.toLowerCase())) throw new Broken('The version is a hash of the value, or has it inside: who sees versions can try values out.');
}

const secret: Guarantee = {
  id: 'version-secret',
  group: 'Versions',
  title: 'A version tells nothing of the value',
  cure: 'Take a random text (UUID.randomUUID()), a counter or a time; no hash, since short values can be guessed from one.',
  needs: ['version', 'create'],
  entries: 'own',
  async check(scene) {
    const [first, between, again] = [await scene.shared('first'), await scene.shared('between'), await scene.shared('again')];
    for (const entry of [first, between, again]) demandNothingOf(entry);
    // Counters and times would not come back to the first one's after another between them.
    if (first.version === again.version && first.version !== between.version) throw new Broken('Two entries of the same value have the same version, and one of another value has another: the version is made from the value.');
    return undefined;
  },
};

const updated: Guarantee = {
  id: 'update',
  group: 'Versions',
  title: 'updateSecret replaces the value, and answers its new version',
  cure: 'Return the version that getSecretVersion answers afterwards, and only once the backend has the new value.',
  needs: ['create', 'version'],
  entries: 'own',
  updates: true,
  async check(scene) {
    const entry = scene.share('updated', await scene.update(scene.share('updated', await scene.create())));
    const told = difference(entry.value, await scene.read(entry));
    if (told) throw new Broken(`getSecret does not answer the new value: ${told}`);
    return undefined;
  },
};

async function demandChange(scene: Scene, before: Entry, value: string | undefined, what: string): Promise<Entry> {
  const after = await scene.update(before, value);
  if (after.version === before.version) throw new Broken(`It stayed the same after an update ${what}, so that no worker sees it.`);
  return after;
}

const changes: Guarantee = {
  id: 'version-changes',
  group: 'Versions',
  title: 'Each update changes the version',
  cure: 'Make a new version with every write, also of the same value: whoever saves a value again wants it to be sent out again.',
  needs: ['update', 'version-secret'],
  entries: 'own',
  updates: true,
  async check(scene) {
    const once = await demandChange(scene, await scene.shared('updated'), undefined, 'to another value');
    scene.share('updated', await demandChange(scene, once, once.value, 'to the same value'));
    return undefined;
  },
};

/** Clocks differ; time zones, and seconds taken for milliseconds, by more. */
const SKEW_MS = 15 * 60_000;

const lastUpdated: Guarantee = {
  id: 'last-updated',
  group: 'Versions',
  title: 'secretLastUpdated is the time of the last change, in UTC',
  cure: 'An Instant from the backend’s own time or one stored with the value: mind milliseconds and seconds, and time zones. null where it is not known.',
  needs: ['interface'],
  entries: 'read',
  async check(scene) {
    if (!scene.makesEntries) {
      const at = await scene.client.secretLastUpdated(await scene.keyToRead());
      return at === null ? 'Not known (null)' : at;
    }
    const { providerKey } = await scene.shared('recent');
    const at = await scene.client.secretLastUpdated(providerKey);
    if (at === null) return 'Not known (null)';
    const off = Date.parse(at) - Date.now();
    if (!(Math.abs(off) <= SKEW_MS)) throw new Broken(`It is ${at.slice(0, 40)} for an entry made a moment ago; now is ${new Date().toISOString()}.`);
    return undefined;
  },
};

export const versionGuarantees: Guarantee[] = [stable, secret, updated, changes, lastUpdated];
