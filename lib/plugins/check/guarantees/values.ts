import { PluginError } from '../../host/plugin-error';
import { Broken, type Guarantee } from '../guarantee';
import type { Scene } from '../scene';
import { difference, largest, testValues, valueOf } from '../values';

const keep = 'Store each character as it is: UTF-8 in both directions, no trimming, no change of line ends, and the backend’s own quoting or base64 where it needs some.';

const created: Guarantee = {
  id: 'create',
  group: 'Values',
  title: 'createSecret stores an entry, and answers the key that leads to it',
  cure: 'Answer a key that is not empty, does not change and has nothing of the value in it; a new one for each entry. Answer it only once the backend has the value.',
  needs: ['interface'],
  entries: 'own',
  async check(scene) {
    const first = await scene.shared('first');
    // Its value twice, another between them: the versions of the three tell whether they are made of the value.
    scene.share('between', await scene.create());
    const again = scene.share('again', await scene.create(first.value));
    if (first.providerKey === again.providerKey) throw new Broken('Two entries of the same value have the same key: a change of one would change the other.');
    if (first.providerKey.includes(first.value)) throw new Broken('The key holds the value. It is kept in a database and shown.');
    const told = difference(first.value, await scene.read(first));
    if (told) throw new Broken(`getSecret does not answer what was stored: ${told}`, keep);
    return undefined;
  },
};

const kinds: [kind: keyof typeof testValues, title: string][] = [
  ['short', 'A value of one byte comes back as it was'],
  ['lines', 'Many lines come back as they were (a certificate in PEM)'],
  ['unicode', 'Characters of all languages come back as they were'],
  ['quotes', 'Quotes, backslashes, JSON and templates come back as they were'],
  ['edges', 'Blanks and line ends at both ends come back as they were'],
  ['control', 'Control characters and all line ends come back as they were'],
];

async function roundTrip(scene: Scene, value: string): Promise<void> {
  const entry = await scene.create(value);
  const told = difference(value, await scene.read(entry));
  if (told) throw new Broken(told);
}

const ofKind = ([kind, title]: (typeof kinds)[number]): Guarantee => ({
  id: `value-${kind}`,
  group: 'Values',
  title,
  cure: keep,
  needs: ['create'],
  entries: 'own',
  async check(scene) {
    await roundTrip(scene, testValues[kind]);
    return undefined;
  },
});

/** What a refusal for a value's size says, in whatever words. */
const isAboutSize = /\b(size|large|long|length|limit|bytes|characters|[KM]i?B)\b/i;

const large: Guarantee = {
  id: 'value-large',
  group: 'Values',
  title: 'A value of 64 KiB comes back whole, or is refused for its size',
  cure: 'Never cut a value short. Where the backend takes less than 65,536 bytes, throw before anything is sent, with a message that says how much it takes.',
  needs: ['create'],
  entries: 'own',
  async check(scene) {
    let refusal: string | undefined;
    for (const bytes of [largest, 32_768, 25_600, 16_384, 8_192, 4_096, 1_024]) {
      try {
        await roundTrip(scene, valueOf(bytes));
        return refusal === undefined ? undefined : `Up to ${bytes.toLocaleString('en')} bytes; more is refused: ${refusal}`;
      } catch (error) {
        if (!(error instanceof PluginError) || error.kind !== 'plugin') throw error;
        if (!isAboutSize.test(error.message)) throw new Broken(`${bytes.toLocaleString('en')} bytes are refused with words that do not say that it is for their number: ${error.message}`);
        refusal = error.message;
      }
    }
    throw new Broken('Even 1,024 bytes are too many for it, less than a key in PEM has.');
  },
};

export const valueGuarantees: Guarantee[] = [created, ...kinds.map(ofKind), large];
