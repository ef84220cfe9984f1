import type { AuditEntry, AuditOutcome } from '@/lib/audit/events';
import { log } from '@/lib/log';
import { PluginError } from '@/lib/plugins/host/plugin-error';
import { openPlugin } from '@/lib/providers/plugin';
import { findInPlace } from '@/lib/secrets/edit-store';
import * as entries from '@/lib/secrets/entry-store';
import * as intents from '@/lib/secrets/intent-store';
import { notifyChange } from '@/lib/secrets/notify';
import { secretEvent } from '@/lib/secrets/secret-event';
import type { SecretInPlace } from '@/lib/secrets/store';
import { newVersion } from '@/lib/secrets/through-plugin';

/** Taken at a time; each is one call or two of a plugin. */
const batch = 20;
/** Longer than settling one takes with the usual time-outs. Where it is not, two servers ask the same twice, which does no harm. */
const takenSeconds = 10 * 60;
/** After so many attempts, over about a day, an intent is given up, and the audit says what may be left where. */
const mostAttempts = 30;

const pauseOf = (attempts: number) => Math.min(3_600, 15 * 2 ** Math.min(attempts - 1, 10));

/** How settling one ended: with an event, without anything to tell, or not yet. */
type Outcome = { audit: AuditEntry | undefined } | 'again' | 'committed';

let settling: Promise<number> | undefined;

/**
 * Settles what is left of changes that a crash, or a database that was away, cut in two: of a create the entry that no secret
 * has is deleted, of an update the backend's version becomes the secret's, a removal is finished. Answers how many intents
 * there were. Several servers may do this at once.
 */
export function settleIntents(): Promise<number> {
  settling ??= settleDue().finally(() => {
    settling = undefined;
  });
  return settling;
}

/** Looks at once whether there is something to settle, without anybody waiting for it. */
export function settleInBackground(): void {
  settleIntents().catch(() => log.warn('changes of plugins’ entries are settled later: the database is away'));
}

async function settleDue(): Promise<number> {
  const taken = await intents.takeDue(batch, takenSeconds);
  await Promise.all(taken.map(settleOne));
  return taken.length;
}

async function settleOne(intent: intents.Intent): Promise<void> {
  try {
    const outcome = await attempt(intent);
    if (outcome === 'committed') return;
    if (outcome !== 'again') await intents.closeIntent(intent.id, outcome.audit);
    else if (intent.attempts >= mostAttempts) await intents.closeIntent(intent.id, eventOf(intent, await secretOf(intent), 'failed', 'given up: what was asked of the backend may be left half done'));
    else await intents.putOff(intent.id, pauseOf(intent.attempts));
  } catch (error) {
    log.warn({ intentId: intent.id, reason: error instanceof Error ? error.name : 'unknown' }, 'a change of a plugin’s entry is settled later');
    await intents.putOff(intent.id, pauseOf(intent.attempts)).catch(() => undefined);
  }
}

async function attempt(intent: intents.Intent): Promise<Outcome> {
  const secret = await secretOf(intent);
  const { provider_key: providerKey } = intent;
  if (providerKey === null) {
    return { audit: eventOf(intent, secret, 'failed', 'the server ended before the plugin had named the entry: one may be left in the backend') };
  }
  if (intent.kind === 'update' && !secret) return { audit: undefined };
  try {
    const plugin = await openPlugin({ id: intent.provider_id, name: intent.provider_name });
    if (intent.kind === 'update' && secret) return await adopt(intent, secret, providerKey, await plugin.version(providerKey));
    const isDeleted = await plugin.remove(providerKey).catch((error: unknown) => {
      if (error instanceof PluginError && error.kind === 'not-found') return false;
      throw error;
    });
    if (intent.kind === 'delete' && secret) return await finishRemoval(intent, secret, isDeleted);
    if (!isDeleted) return 'again';
    return { audit: eventOf(intent, secret, 'done', intent.kind === 'create' ? 'deleted the entry of a secret that was not created' : 'deleted the entry of a removed secret') };
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    log.warn({ intentId: intent.id, providerId: intent.provider_id, kind: intent.kind, cause: error.kind }, 'a plugin failed while a change of its entry was settled');
    return 'again';
  }
}

async function secretOf(intent: intents.Intent): Promise<SecretInPlace | undefined> {
  const secret = await findInPlace(intent.algorithm_id, intent.secret_id);
  return secret && !secret.removed ? secret : undefined;
}

/** An update that may have reached the backend: its version there becomes the secret's, if it is another one. */
async function adopt(intent: intents.Intent, secret: SecretInPlace, providerKey: string, providerVersion: string | null): Promise<Outcome> {
  const entry = await entries.findEntry(secret.id);
  if (!entry || entry.provider_key !== providerKey) return { audit: undefined };
  // A backend that knows no versions cannot tell: workers are made to ask for the value again.
  if (providerVersion !== null && entry.provider_version === providerVersion) return { audit: eventOf(intent, secret, 'done', 'the backend has the value that it had before') };
  const next = newVersion(secret, providerKey, providerVersion, null);
  const audit = eventOf(intent, { ...secret, version: next.version }, 'done', 'took over the value that the backend has');
  if (!(await entries.updateEntry(intent.id, secret, { shortName: secret.short_name, description: secret.description, ...next }, audit))) return 'again';
  notifyChange(secret.algorithm_id);
  return 'committed';
}

/**
 * A removal that somebody had asked for, and whose answer nobody got. That the entry is not there now is what the first call
 * has most likely done: the secret goes, and the event says whether its entry was seen to go.
 */
async function finishRemoval(intent: intents.Intent, secret: SecretInPlace, isDeleted: boolean): Promise<Outcome> {
  const audit = eventOf(intent, secret, 'done', isDeleted ? 'finished a removal' : 'finished a removal; the provider says that the entry is not there');
  if (!(await entries.deleteWithEntry(intent.id, secret, audit))) return 'again';
  notifyChange(secret.algorithm_id);
  return 'committed';
}

function eventOf(intent: intents.Intent, secret: SecretInPlace | undefined, outcome: AuditOutcome, what: string): AuditEntry {
  const actor = { kind: 'system', name: 'settling' } as const;
  const details = { provider: intent.provider_name, kind: intent.kind, what, ...(intent.provider_key !== null && { entry: intent.provider_key }) };
  if (secret) return { ...secretEvent('secret.settle', actor, secret, details), outcome };
  return { action: 'secret.settle', outcome, actor, object: { id: intent.secret_id }, details: { ...details, algorithmId: intent.algorithm_id } };
}
