import { Broken, type Guarantee } from '../guarantee';
import type { Entry, Scene } from '../scene';

async function demandOwn(scene: Scene, entry: Entry, others: readonly Entry[], when: string): Promise<void> {
  const found = await scene.read(entry);
  if (found === entry.value) return;
  const whose = others.some((other) => other !== entry && other.value === found) ? 'the value of another entry' : 'neither its value nor that of another entry';
  throw new Broken(`getSecret answers ${whose} ${when}.`);
}

const apart: Guarantee = {
  id: 'entries-apart',
  group: 'Many entries',
  title: 'Entries do not mix: what happens to one changes no other',
  cure: 'Find entries by the whole key, each at a place of its own in the backend.',
  needs: ['create'],
  entries: 'own',
  async check(scene) {
    const entries = [await scene.create(), await scene.create(), await scene.create()];
    const [first, second, third] = entries as [Entry, Entry, Entry];
    for (const entry of entries) await demandOwn(scene, entry, entries, 'after others were made');
    if (scene.kept.has('update')) {
      const others = [first, third];
      const before = await Promise.all(others.map(({ providerKey }) => scene.client.getSecretVersion(providerKey)));
      entries[1] = await scene.update(second);
      for (const entry of entries) await demandOwn(scene, entry, entries, 'after one was updated');
      const after = await Promise.all(others.map(({ providerKey }) => scene.client.getSecretVersion(providerKey)));
      if (after.some((version, at) => version !== before[at])) throw new Broken('The update of one entry changed the version of another.');
    }
    return undefined;
  },
};

/** Waits for all, so that no call of theirs runs into what is tried next. */
async function all<T>(calls: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(calls);
  return Promise.all(calls);
}

const CALLS = 64;
const ENTRIES = 16;

const concurrent: Guarantee = {
  id: 'concurrent',
  group: 'Many entries',
  title: `${CALLS} calls at the same time do not mix`,
  cure: 'Keep nothing of a call in a field: the host calls one provider from up to 64 threads at once. Use clients that may be shared, or one for each call.',
  needs: ['entries-apart'],
  entries: 'own',
  async check(scene) {
    let entries = await all(Array.from({ length: ENTRIES }, () => scene.create()));
    const readAll = () => all(Array.from({ length: CALLS }, (_, at) => demandOwn(scene, entries[at % ENTRIES] as Entry, entries, `when ${CALLS} calls run at once`)));
    await readAll();
    if (scene.kept.has('update')) {
      entries = await all(entries.map((entry) => scene.update(entry)));
      await readAll();
    }
    return undefined;
  },
};

export const entryGuarantees: Guarantee[] = [apart, concurrent];
