import { randomUUID } from 'node:crypto';
import type { PluginClient } from '../../host/plugin-client';
import { PluginError } from '../../host/plugin-error';
import type { Capabilities } from '../../host/protocol';
import { Broken, type Guarantee } from '../guarantee';
import type { Scene } from '../scene';
import { difference, marked } from '../values';

/** What stands in a message where the host hid a value. */
const mask = '•••';

async function demandEntry(scene: Scene, client: PluginClient, who: string): Promise<void> {
  if (!scene.makesEntries) {
    await client.getSecret(await scene.keyToRead());
    return;
  }
  const entry = await scene.shared('first');
  let found: string;
  try {
    found = await scene.read(entry, client);
  } catch (error) {
    if (error instanceof PluginError && error.kind === 'not-found') throw new Broken(`${who} does not find an entry that is there: ${error.message}`);
    throw error;
  }
  const told = difference(entry.value, found);
  if (told) throw new Broken(`${who} reads another value: ${told}`);
}

const outside = 'Keep nothing of an entry in memory: the server makes entries in one process, a worker reads them in another, and both are started anew.';

const renewed: Guarantee = {
  id: 'another-object',
  group: 'Renewal',
  title: 'The next provider object reads the entries (as after its TTL)',
  cure: outside,
  needs: ['interface'],
  entries: 'read',
  async check(scene) {
    await demandEntry(scene, scene.client, 'The provider itself');
    await scene.client.create({ ...scene.configuration });
    await demandEntry(scene, scene.client, 'The next provider object');
    return undefined;
  },
};

const otherProcess: Guarantee = {
  id: 'another-process',
  group: 'Renewal',
  title: 'A provider in another process reads the entries (as on a worker)',
  cure: outside,
  needs: ['another-object'],
  entries: 'read',
  async check(scene) {
    await demandEntry(scene, scene.second, 'The other process');
    return undefined;
  },
};

const shown = ({ ttl, allowsCreate, allowsUpdate, allowsDelete }: Capabilities) => `${ttl} s, create ${allowsCreate}, update ${allowsUpdate}, delete ${allowsDelete}`;

const sameAbilities: Guarantee = {
  id: 'same-abilities',
  group: 'Renewal',
  title: 'Each provider object says the same of itself: TTL, what it allows',
  cure: 'Answer getTtl and allows… from the configuration alone, without asking the backend.',
  needs: ['creates'],
  entries: 'none',
  async check(scene) {
    const first = shown(scene.capabilities);
    for (const next of [await scene.client.create({ ...scene.configuration }), await scene.second.capabilities()]) {
      if (shown(next) !== first) throw new Broken(`The first said “${first}”, a later one “${shown(next)}”.`);
    }
    return undefined;
  },
};

/** Values hidden in the message that an update of what is not there fails with. */
async function hiddenIn(scene: Scene, key: string, value: string): Promise<number> {
  try {
    await scene.client.updateSecret(key, value);
    return 0;
  } catch (error) {
    if (!(error instanceof PluginError) || error.kind === 'timeout' || error.kind === 'killed') throw error;
    return error.message.split(mask).length - 1;
  }
}

export const valueInErrors: Guarantee = {
  id: 'errors-keep-values',
  group: 'Errors',
  title: 'No error gives away a value',
  cure: 'Leave the value out of messages, and mind libraries that put a whole request into theirs.',
  needs: ['update-only'],
  entries: 'own',
  updates: true,
  async check(scene) {
    const { providerKey } = await scene.shared('deleted');
    // Blanks are not hidden by the host, so that what it still hides then is of the configuration, such as an address.
    const others = await hiddenIn(scene, providerKey, ' \n ');
    if ((await hiddenIn(scene, providerKey, marked(`a canary ${randomUUID()}`))) > others) throw new Broken('The message of an update that failed has the new value in it.');
    return undefined;
  },
};

const lives: Guarantee = {
  id: 'process-lives',
  group: 'Process',
  title: 'Its process lives through all of this, whatever it prints',
  cure: 'Do not call System.exit or halt, leave descriptor 1 alone (System.out is redirected and fine), and do not grow without bounds.',
  needs: ['loads'],
  entries: 'none',
  async check({ events }) {
    for (const event of events) if (event.type === 'ended' && !event.wasWanted) throw new Broken(`The plugin’s process ${event.reason}.`);
    return undefined;
  },
};

/** The host halts what takes longer to end than 2 s. */
const PATIENCE_MS = 1_950;

const ends: Guarantee = {
  id: 'ends',
  group: 'Process',
  title: 'It ends when it is asked to',
  cure: 'No shutdown hooks that wait. The plugin is halted after 2 s; what it had not written by then is lost.',
  needs: ['creates'],
  entries: 'none',
  async check({ fresh }) {
    let took = 0;
    // A machine that is busy may be late once; hooks that wait are late each time.
    for (let attempt = 1; attempt <= 3; attempt++) {
      const client = fresh();
      await client.capabilities();
      const began = performance.now();
      await client.stop();
      took = performance.now() - began;
      if (took <= PATIENCE_MS) return `After ${Math.round(took)} ms`;
    }
    throw new Broken(`It took longer than 2 s and was halted, three times (${(took / 1_000).toFixed(1)} s).`);
  },
};

export const lifeGuarantees: Guarantee[] = [renewed, otherProcess, sameAbilities];
export const lastGuarantees: Guarantee[] = [lives, ends];
