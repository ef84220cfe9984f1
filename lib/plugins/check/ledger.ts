import type { PluginClient } from '../host/plugin-client';
import { PluginError } from '../host/plugin-error';

export interface Made {
  providerKey: string;
  version: string | null;
}

/** An entry that may still be in the backend. */
export interface Left {
  /** undefined where the plugin never told */
  providerKey?: string;
  why: string;
}

/** Backends that take a second for a removal are asked for several at once. */
const AT_ONCE = 16;

/** Every entry that a check made, from the moment that its key is known until it is gone. */
export class Ledger {
  private readonly keys = new Set<string>();
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly unknown: Left[] = [];
  private isClosed = false;

  /** Rejects as PluginClient.createSecret does; an entry that it left is known all the same. */
  async create(client: PluginClient, value: string): Promise<Made> {
    if (this.isClosed) throw new Error('The check is over');
    const work = client.createSecret(value, async (providerKey) => {
      this.keys.add(providerKey);
    });
    const settled = work.then(
      () => undefined,
      (error: unknown) => {
        const isUnknown = error instanceof PluginError && (error.kind === 'timeout' || error.kind === 'killed') && error.reached && error.message.startsWith('createSecret');
        if (isUnknown) this.unknown.push({ why: 'createSecret was not answered, so an entry of an unknown key may have been made.' });
      },
    );
    this.underWay.add(settled);
    void settled.finally(() => this.underWay.delete(settled));
    return work;
  }

  /** An entry that came to be by other means than create. */
  add(providerKey: string): void {
    this.keys.add(providerKey);
  }

  /** Lets creates under way finish, removes all that was made, looks whether it is gone, and tells what is not. */
  async clean(client: PluginClient): Promise<Left[]> {
    this.isClosed = true;
    await Promise.all(this.underWay);
    const waiting = [...this.keys];
    const left: Left[] = [...this.unknown];
    const work = async () => {
      for (let providerKey = waiting.shift(); providerKey !== undefined; providerKey = waiting.shift()) {
        const why = await removed(client, providerKey);
        if (why !== undefined) left.push({ providerKey, why });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return left;
  }
}

/** Undefined when the entry is gone. */
async function removed(client: PluginClient, providerKey: string): Promise<string | undefined> {
  let failure: string | undefined;
  for (let attempt = 1; attempt <= 2; attempt++) {
    try {
      await client.deleteSecret(providerKey);
      failure = undefined;
      break;
    } catch (error) {
      // Said to be gone in other words than the contract's.
      if (error instanceof PluginError && error.kind === 'not-found') break;
      failure = error instanceof Error ? error.message : 'unknown';
    }
  }
  if (failure !== undefined) return failure;
  try {
    const version = await client.getSecretVersion(providerKey);
    return version === null ? undefined : 'The plugin said that it removed it, and it is still there.';
  } catch {
    return undefined;
  }
}
