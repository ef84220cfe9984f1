import { randomUUID } from 'node:crypto';
import { PluginError } from '../../host/plugin-error';
import { Broken, NotApplicable, type Guarantee } from '../guarantee';
import type { Scene } from '../scene';

/** Starts the provider; answers which of the two steps the failure was in. */
async function start(scene: Scene): Promise<{ java: string; loadMs: number; createMs: number } | { failed: 'load' | 'create'; error: unknown }> {
  try {
    const { capabilities, java, startMs, createMs } = await scene.client.start();
    scene.known = capabilities;
    return { java, loadMs: startMs, createMs };
  } catch (error) {
    const isCreate = error instanceof PluginError && (error.kind === 'configuration' || error.message.startsWith('create '));
    return { failed: isCreate ? 'create' : 'load', error };
  }
}

const loads: Guarantee = {
  id: 'loads',
  group: 'Start',
  title: 'It loads in a process of its own, and its factory can be made',
  cure: 'The JAR must hold all its libraries (maven-shade-plugin), be built for a Java that is there, and its static initialisers must not fail.',
  needs: ['factory'],
  entries: 'none',
  async check(scene) {
    const started = await start(scene);
    if ('failed' in started && started.failed === 'load') throw started.error;
    return 'java' in started ? `Java ${started.java}, after ${Math.round(started.loadMs)} ms` : undefined;
  },
};

const creates: Guarantee = {
  id: 'creates',
  group: 'Start',
  title: 'create makes a provider from the configuration',
  cure: 'create takes what it needs out of the map and returns a provider. It does not connect: a backend that is away fails the calls that need it.',
  needs: ['loads'],
  entries: 'none',
  async check(scene) {
    const started = await start(scene);
    if ('failed' in started) throw started.error;
    return `After ${Math.round(started.createMs)} ms`;
  },
};

/** Calls with a key that cannot be there: random, so that no entry of anybody's is met. */
const complete: Guarantee = {
  id: 'interface',
  group: 'Start',
  title: 'All methods of plugin-sdk 1.x are there, with what they need',
  cure: 'Build against com.algorithmia:plugin-sdk 1.x, with all libraries in the JAR and one version of each.',
  needs: ['creates'],
  entries: 'none',
  async check(scene) {
    const key = randomUUID();
    const { client, capabilities } = scene;
    const calls: [string, () => Promise<unknown>][] = [
      ['getSecret', () => client.getSecret(key)],
      ['getSecretVersion', () => client.getSecretVersion(key)],
      ['secretLastUpdated', () => client.secretLastUpdated(key)],
    ];
    if (capabilities.allowsUpdate && scene.makesEntries) calls.push(['updateSecret', () => client.updateSecret(key, 'Secret Store plugin:check, may be deleted')]);
    if (capabilities.allowsDelete) calls.push(['deleteSecret', () => client.deleteSecret(key)]);
    for (const [method, call] of calls) {
      try {
        await call();
        // Whether it may succeed is asked further down; what it made is not left.
        if (method === 'updateSecret') scene.ledger.add(key);
      } catch (error) {
        if (!(error instanceof PluginError)) throw error;
        if (error.kind === 'link' || error.kind === 'timeout' || error.kind === 'killed') throw error;
      }
    }
    return undefined;
  },
};

const ttl: Guarantee = {
  id: 'ttl',
  group: 'Start',
  title: 'getTtl is in seconds, and leaves a provider time to work',
  cure: 'Seconds that this object may be used until a new one is made, 0 = for ever. With a token that lasts an hour: 3000.',
  needs: ['creates'],
  entries: 'none',
  async check({ capabilities: { ttl: seconds } }) {
    if (seconds > 0 && seconds < 5) throw new Broken(`It is ${seconds} s: a new provider is made for nearly every call.`);
    if (seconds === 0) return 'For ever';
    return seconds > 30 * 86_400 ? `${seconds.toLocaleString('en')} s, which is ${Math.round(seconds / 86_400)} days. If those were meant as milliseconds, divide by 1,000` : `${seconds.toLocaleString('en')} s`;
  },
};

const allows: Guarantee = {
  id: 'allows',
  group: 'Start',
  title: 'It says what it allows, and there is something to check',
  cure: 'Answer true from allowsCreate, allowsUpdate and allowsDelete where the backend lets you.',
  needs: ['creates'],
  entries: 'none',
  async check(scene) {
    const { allowsCreate, allowsUpdate, allowsDelete } = scene.capabilities;
    const verbs = [allowsCreate && 'create', allowsUpdate && 'update', allowsDelete && 'delete'].filter((verb) => verb !== false);
    if (!scene.makesEntries && scene.linked === undefined) {
      throw new NotApplicable(
        allowsCreate ? 'It allows to create and not to delete, so entries made for a check would stay: only its start is checked. Name an entry that is there: --entry KEY.'
        : 'It does not allow to create, so only its start is checked. Name an entry that is there: --entry KEY.',
      );
    }
    return verbs.length > 0 ? `Allows to ${verbs.join(', ')}. What it does not allow is never called` : 'Only reads. What it does not allow is never called';
  },
};

export const startGuarantees: Guarantee[] = [loads, creates, complete, ttl, allows];
