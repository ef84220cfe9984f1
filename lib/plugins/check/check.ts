import type { Containment } from '../containment';
import { PluginClient } from '../host/plugin-client';
import { PluginError } from '../host/plugin-error';
import type { HostEvent } from '../host/plugin-host';
import type { HostSettings } from '../host/settings';
import type { Inspection } from '../inspect/inspect';
import type { Java } from '../java';
import { configurationGuarantees } from './configuration';
import { Broken, NotApplicable, type Guarantee, type Result } from './guarantee';
import { entryGuarantees } from './guarantees/entries';
import { lastGuarantees, lifeGuarantees, valueInErrors } from './guarantees/life';
import { removalGuarantees } from './guarantees/removal';
import { startGuarantees } from './guarantees/starting';
import { valueGuarantees } from './guarantees/values';
import { versionGuarantees } from './guarantees/versions';
import { Ledger, type Left } from './ledger';
import { inspectForCheck } from './module';
import { Scene } from './scene';

export interface CheckOptions {
  /** absolute */
  jar: string;
  /** undefined = the only one that the JAR has */
  factory?: string | undefined;
  configuration: Record<string, string>;
  /** the key of an entry that is there, for providers that make none */
  entry?: string | undefined;
  java: Java;
  hostJar: string;
  containment: Containment;
  settings: HostSettings;
  /** absolute; hosts make their folders there */
  folder: string;
  /** ends the check early; what it made is removed all the same */
  signal?: AbortSignal;
  onModule?: (inspection: Inspection) => void;
  onBegin?: (guarantee: { title: string; group: Result['group'] }) => void;
  onResult?: (result: Result) => void;
}

export interface CheckReport {
  /** no guarantee was seen to be broken, and it came to its end */
  conforms: boolean;
  interrupted: boolean;
  inspection?: Inspection;
  factory?: string;
  results: Result[];
  /** entries that may still be in the backend */
  left: Left[];
  /** the last of what the plugin printed, without values */
  printed: string;
}

/** All guarantees in the order in which they are tried: each after those that it needs. */
export function guaranteesFor(configuration: Readonly<Record<string, string>>): Guarantee[] {
  return [
    ...startGuarantees, ...valueGuarantees, ...versionGuarantees, ...entryGuarantees, ...removalGuarantees, ...lifeGuarantees,
    valueInErrors, ...configurationGuarantees(configuration), ...lastGuarantees,
  ];
}

/**
 * Puts a JAR through the contract: inspected without being loaded, then run as the product runs it, in processes of its own. What it
 * makes in the backend it removes, whatever happens. Rejects where the JAR cannot be read at all.
 */
export async function checkPlugin(options: CheckOptions): Promise<CheckReport> {
  const { configuration, signal } = options;
  const results: Result[] = [];
  const tell = (result: Result) => {
    results.push(result);
    options.onResult?.(result);
  };
  const inspected = await inspectForCheck(options.jar, options.factory);
  if (inspected.inspection) options.onModule?.(inspected.inspection);
  inspected.results.forEach(tell);

  const events: HostEvent[] = [];
  const clientOf = (seen: HostEvent[]) => new PluginClient({
    name: 'the JAR',
    java: options.java,
    hostJar: options.hostJar,
    module: { jar: options.jar, sha256: inspected.inspection?.sha256 ?? '', factory: inspected.factory ?? '' },
    configuration: { ...configuration },
    settings: options.settings,
    containment: options.containment,
    folder: options.folder,
    onEvent: (event) => seen.push(event),
  });
  const [client, second] = [clientOf(events), clientOf([])];
  const ledger = new Ledger();
  const scene = new Scene(client, second, () => clientOf([]), configuration, ledger, events, options.entry);
  if (inspected.factory !== undefined) scene.kept.add('factory');
  const interrupted = new Promise<'interrupted'>((resolve) => signal?.addEventListener('abort', () => resolve('interrupted'), { once: true }));
  let left: Left[] = [];
  let silent = false;
  try {
    for (const guarantee of guaranteesFor(configuration)) {
      if (signal?.aborted) break;
      options.onBegin?.(guarantee);
      const tried: Tried | 'interrupted' = await Promise.race([tryOne(guarantee, scene, results, silent), interrupted]);
      if (tried === 'interrupted') break;
      if (tried.result.status === 'passed') scene.kept.add(guarantee.id);
      silent ||= tried.isSilent;
      tell(tried.result);
    }
  } finally {
    left = await ledger.clean(client);
    await Promise.all([client.stop(), second.stop()]);
  }
  const isInterrupted = signal?.aborted ?? false;
  return {
    conforms: !isInterrupted && results.every(({ status }) => status !== 'failed'),
    interrupted: isInterrupted,
    ...(inspected.inspection && { inspection: inspected.inspection }),
    ...(inspected.factory !== undefined && { factory: inspected.factory }),
    results,
    left,
    printed: client.log(),
  };
}

/** Why a guarantee is not tried, as a sentence. */
function reasonAgainst({ needs, entries, updates }: Guarantee, scene: Scene, results: readonly Result[], silent: boolean): string | undefined {
  const needed = scene.known && scene.makesEntries && entries === 'read' ? [...needs, 'create'] : needs;
  const lacking = needed.find((id) => !scene.kept.has(id));
  if (lacking !== undefined) {
    const { title = lacking, status } = results.find(({ id }) => id === lacking) ?? {};
    return `It rests on “${title}”, which is ${status === 'failed' ? 'broken' : 'not tried'}.`;
  }
  if (silent) return 'Not tried after a call that was not answered.';
  if (entries === 'none') return undefined;
  if (entries === 'own' && !scene.makesEntries) return 'It does not allow to create and delete entries.';
  if (entries === 'read' && !scene.makesEntries && scene.linked === undefined) return 'There is no entry to read: name one with --entry.';
  if (updates && !scene.capabilities.allowsUpdate) return 'It does not allow to update.';
  return undefined;
}

interface Tried {
  result: Result;
  /** a call was not answered: the next ones would not be either */
  isSilent: boolean;
}

const isSilence = (error: unknown) => error instanceof PluginError && (error.kind === 'timeout' || error.kind === 'killed');

async function tryOne(guarantee: Guarantee, scene: Scene, results: readonly Result[], silent: boolean): Promise<Tried> {
  const { id, group, title } = guarantee;
  const reason = reasonAgainst(guarantee, scene, results, silent);
  if (reason !== undefined) return { result: { id, group, title, status: 'not-applicable', ms: 0, seen: reason }, isSilent: false };
  const began = performance.now();
  const as = (status: Result['status'], more: Partial<Result> = {}, isSilent = false) => ({ result: { id, group, title, status, ms: performance.now() - began, ...more }, isSilent });
  try {
    const seen = await guarantee.check(scene);
    return as('passed', seen === undefined ? {} : { seen });
  } catch (error) {
    if (error instanceof NotApplicable) return as('not-applicable', { seen: error.message });
    if (error instanceof Broken) return as('failed', { seen: error.message, cure: error.cure ?? guarantee.cure }, isSilence(error.cause));
    if (error instanceof PluginError) {
      // The backend or the configuration may be at fault, and not the plugin.
      const first = error.cure ?? (error.kind === 'plugin' || error.kind === 'configuration' ? 'If the message is right, put that right and check again.' : undefined);
      const cure = first === undefined ? guarantee.cure : `${first} Else: ${guarantee.cure}`;
      return as('failed', { seen: error.message, cure }, isSilence(error));
    }
    throw error;
  }
}
