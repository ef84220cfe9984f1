import path from 'node:path';
import { readdirSync, rmSync } from 'node:fs';
import { EnvelopeError } from '@/lib/crypto/errors';
import { openFile, sealFile } from '@/lib/crypto/local-file';
import { openFrom } from '@/lib/crypto/sealed-box';
import { isSignedBy, providerConfigurationContext, providerDeliveryStatement, providerStatement } from '@/lib/crypto/statement';
import { providerAnswer, type ProviderAnswer } from '@/lib/schemas/delivery';
import { providerSettingsSchema, type ProviderSettings } from '@/lib/schemas/provider-settings';
import { Away, Refusal, type DeliveryClient } from '@/worker/delivery-client';
import { privateFolder, readPrivate, writePrivate } from '@/worker/files';
import type { Identity } from '@/worker/identity';
import { NotAvailable, Tampered } from './trouble';

/** What a provider runs, as the server signed it. */
export interface Runnable {
  id: string;
  name: string;
  revision: string;
  moduleSha256: string;
  factoryClassName: string;
  settings: ProviderSettings;
  /** The key-value pairs, opened now. */
  configuration(): Record<string, string>;
}

const bytes = (text: string) => Buffer.from(text, 'base64url');
const ending = '.sealed';
/** While the delivery plane is away, it is not asked for each start anew. */
const restMs = 5_000;

/** A start asks for what a provider runs before its bundle is kept. */
const lateMs = 10 * 60_000;

/**
 * What this worker runs for each provider: fetched from the delivery plane, kept in memory as it came, the configuration
 * sealed, and on disk sealed once more. Its signatures are checked each time something is made of it.
 */
export class Configurations {
  readonly #folder: string;
  readonly #identity: Identity;
  readonly #client: Pick<DeliveryClient, 'ask'>;
  readonly #failed: (error: unknown) => void;
  readonly #held = new Map<string, ProviderAnswer>();
  readonly #fetching = new Map<string, Promise<ProviderAnswer>>();
  readonly #fetched = new Map<string, number>();
  #restUntil = 0;

  constructor(folder: string, identity: Identity, client: Pick<DeliveryClient, 'ask'>, failed: (error: unknown) => void) {
    this.#folder = path.join(folder, 'providers');
    this.#identity = identity;
    this.#client = client;
    this.#failed = failed;
    privateFolder(this.#folder);
    for (const name of readdirSync(this.#folder)) {
      if (!name.endsWith(ending)) continue;
      const id = name.slice(0, -ending.length);
      try {
        const sealed = readPrivate(path.join(this.#folder, name));
        const answer = sealed && providerAnswer.parse(JSON.parse(openFile(identity.seed, `providers/${id}`, sealed).toString('utf8')));
        if (answer?.id === id) this.#held.set(id, answer);
      } catch {
        // Damaged, or another worker's: it is fetched anew.
      }
    }
  }

  /** Hashes of the modules that are in use here. */
  modules(): string[] {
    return [...this.#held.values()].map(({ moduleSha256 }) => moduleSha256);
  }

  nameOf(providerId: string): string {
    return this.#held.get(providerId)?.name ?? providerId;
  }

  /** What is here; undefined when nothing is, or when its signatures no longer hold. */
  held(providerId: string): Runnable | undefined {
    const answer = this.#held.get(providerId);
    try {
      return answer && this.#verify(answer);
    } catch (error) {
      if (error instanceof Tampered) return undefined;
      throw error;
    }
  }

  /**
   * What a provider runs, in this revision or the newest; what is here while the delivery plane is away. Throws
   * NotAvailable or Tampered.
   */
  async get(providerId: string, revision: string): Promise<Runnable> {
    const held = this.held(providerId);
    if (held && (held.revision === revision || performance.now() < this.#restUntil)) return held;
    let fetching = this.#fetching.get(providerId);
    if (!fetching) {
      fetching = this.#fetch(providerId).finally(() => this.#fetching.delete(providerId));
      this.#fetching.set(providerId, fetching);
    }
    try {
      return this.#verify(await fetching);
    } catch (error) {
      if (error instanceof Away) {
        this.#restUntil = performance.now() + restMs;
        if (held) return held;
        throw new NotAvailable(`this worker has no configuration of its provider yet, and ${error.message}`);
      }
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 400) throw new Tampered('bad_provider', error.message);
      throw new NotAvailable(error.message);
    }
  }

  async #fetch(providerId: string): Promise<ProviderAnswer> {
    const answer = await this.#client.ask(`providers/${providerId}`, providerAnswer, { method: 'GET' });
    if (answer.id !== providerId) throw new Tampered('bad_provider', 'another provider came than the one asked for');
    this.#verify(answer);
    this.#held.set(providerId, answer);
    this.#fetched.set(providerId, performance.now());
    try {
      writePrivate(this.#file(providerId), sealFile(this.#identity.seed, `providers/${providerId}`, Buffer.from(JSON.stringify(answer))));
    } catch (error) {
      this.#failed(error);
    }
    return answer;
  }

  #file(providerId: string): string {
    return path.join(this.#folder, `${providerId}${ending}`);
  }

  #verify(answer: ProviderAnswer): Runnable {
    const { joined, verifyKeys, boxKey } = this.#identity;
    if (!joined) throw new NotAvailable('this worker has not joined an installation');
    const trusted = verifyKeys.map(({ raw }) => raw);
    const { id, name, revision, moduleSha256, factoryClassName } = answer;
    const configuration = bytes(answer.configuration);
    const runs = providerStatement(joined.serverId, { providerId: id, moduleSha256, factoryClassName, settings: answer.settings });
    if (!isSignedBy(runs, bytes(answer.signature), trusted)) throw new Tampered('bad_provider', `what ${name} runs was not signed by the server`);
    if (!isSignedBy(providerDeliveryStatement(joined.serverId, joined.workerId, { providerId: id, revision, configuration }), bytes(answer.delivery), trusted)) {
      throw new Tampered('bad_provider', `the configuration of ${name} does not come from the server`);
    }
    const settings = providerSettingsSchema.safeParse(answer.settings);
    if (!settings.success) throw new NotAvailable(`${name} has settings that this version of the worker does not know`);
    return {
      id, name, revision, moduleSha256, factoryClassName,
      settings: settings.data,
      configuration: () => {
        try {
          const opened = openFrom({ recipientPrivateKey: boxKey, info: 'provider-configuration', aad: providerConfigurationContext(joined.serverId, joined.workerId, id), sealed: configuration });
          const pairs = JSON.parse(opened.toString('utf8')) as Record<string, string>;
          opened.fill(0);
          return pairs;
        } catch (error) {
          if (error instanceof EnvelopeError) throw new Tampered('bad_provider', `the configuration of ${name} does not open: ${error.message}`);
          throw error;
        }
      },
    };
  }

  /** Forgets what other providers run; of one that was asked for lately, the bundle may still be on its way. Returns those. */
  keepOnly(providerIds: ReadonlySet<string>): string[] {
    const now = performance.now();
    const others = [...this.#held.keys()].filter((id) => !providerIds.has(id) && now - (this.#fetched.get(id) ?? -lateMs) >= lateMs);
    for (const id of others) this.#drop(id);
    return others;
  }

  #drop(id: string): void {
    this.#held.delete(id);
    this.#fetched.delete(id);
    try {
      rmSync(this.#file(id), { force: true });
    } catch (error) {
      this.#failed(error);
    }
  }

  clear(): void {
    for (const id of this.#held.keys()) this.#drop(id);
  }
}
