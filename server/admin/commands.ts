import { issueApiKey } from '@/lib/api-keys/service';
import type { AuditActor } from '@/lib/audit/events';
import { apiKeyCreationSchema } from '@/lib/schemas/api-key';
import { createWorkerToken } from '@/lib/schemas/workers';
import { grantAdmin, listEveryUser, passwordLinkFor } from '@/lib/users/operator';
import { noSuchUser } from '@/lib/users/service';
import { findUserNamed } from '@/lib/users/store';
import { poolView, wantRotation } from '@/lib/workers/rotation';
import { approveWorker, createJoinToken, listWorkers, revokeWorker } from '@/lib/workers/service';
import { UserError } from '@/server/user-error';
import { keyringCommands } from './keyring-commands';
import { table } from './table';

/** What the command line gave: the words after the command's name, and its options. */
export interface Given {
  words: string[];
  options: Partial<Record<'user' | 'kind' | 'label' | 'minutes', string>>;
}

export interface Command {
  /** as in the usage text */
  usage: string;
  about: string;
  words: number;
  options: (keyof Given['options'])[];
  /** @returns what goes to standard output */
  run(given: Given): Promise<string>;
}

/** Who did it, in the audit: an operator who has the server's files has no user name here. */
const actor: AuditActor = { kind: 'system', name: 'secret-store-admin' };

function required(given: Given, option: keyof Given['options']): string {
  const value = given.options[option];
  if (!value) throw new UserError(`--${option} is missing.`);
  return value;
}

async function createKey(given: Given): Promise<string> {
  const username = required(given, 'user');
  const request = apiKeyCreationSchema.safeParse({ key_type: required(given, 'kind'), key_label: given.options.label });
  if (!request.success) {
    const field = request.error.issues[0]?.path[0] === 'key_type' ? '--kind must be PlatformAdminKey or AlgorithmKey' : '--label is too long';
    throw new UserError(`${field}.`);
  }
  const user = await findUserNamed(username);
  if (!user) throw noSuchUser(username);
  return (await issueApiKey(user, request.data, actor)).api_key;
}

async function makeToken(given: Given): Promise<string> {
  const parsed = createWorkerToken.safeParse({ minutes: given.options.minutes === undefined ? undefined : Number(given.options.minutes) });
  if (!parsed.success) throw new UserError('--minutes must be a number from 1 to 1440.');
  return (await createJoinToken(actor, parsed.data.minutes)).token;
}

async function poolStatus(): Promise<string> {
  const { epochs, rotationWanted, left } = await poolView();
  const newest = epochs.at(-1);
  if (!newest) return 'The pool has no key yet: the first worker makes it.';
  const rows = epochs.map(({ epoch, created, workers, values }) => [String(epoch), created, String(workers), String(values)]);
  const lines = [table([['epoch', 'made', 'workers', 'values'], ...rows], ''), ''];
  if (rotationWanted) lines.push(`A new key is wanted since ${rotationWanted}: the next approved worker that connects and has the key of epoch ${newest.epoch} makes it.`);
  if (left > 0) lines.push(`${left} of the stored values are sealed to an older key: a worker that has both keys seals them again while it runs.`);
  if (!rotationWanted && left === 0) lines.push(`Everything is sealed to the key of epoch ${newest.epoch}.`);
  return lines.join('\n');
}

async function rotatePool(): Promise<string> {
  await wantRotation(actor);
  return 'A new pool key is wanted: a worker makes it, at once when one is connected, and seals the stored values again. See secret-store-admin pool status.';
}

/** By the words that name them. */
export const commands: Record<string, Command> = {
  'api-key create': {
    usage: 'api-key create --user NAME --kind PlatformAdminKey|AlgorithmKey [--label TEXT]',
    about: 'print a new API key, alone on standard output',
    words: 0,
    options: ['user', 'kind', 'label'],
    run: createKey,
  },
  'user list': {
    usage: 'user list',
    about: 'every user: name, role, e-mail address',
    words: 0,
    options: [],
    run: async () => table((await listEveryUser()).map(({ username, role, email }) => [username, role, email]), 'There is no user.'),
  },
  'user grant-admin': {
    usage: 'user grant-admin NAME',
    about: 'make a user an admin',
    words: 1,
    options: [],
    run: async ({ words }) => `${await grantAdmin(actor, words[0] ?? '')} is an admin.`,
  },
  'user password-link': {
    usage: 'user password-link NAME',
    about: 'print a link by which the user sets a new password, once, within seven days',
    words: 1,
    options: [],
    run: ({ words }) => passwordLinkFor(actor, words[0] ?? ''),
  },
  'worker token': {
    usage: 'worker token [--minutes N]',
    about: 'print a token with which one new worker may ask to join, once, within the hour',
    words: 0,
    options: ['minutes'],
    run: makeToken,
  },
  'worker list': {
    usage: 'worker list',
    about: 'every worker: id, state, name, fingerprint, when it was seen last',
    words: 0,
    options: [],
    run: async () =>
      table((await listWorkers()).map(({ id, state, name, fingerprint, lastSeen }) => [id, state, name, fingerprint, lastSeen ?? 'never']), 'There is no worker.'),
  },
  'worker approve': {
    usage: 'worker approve ID FINGERPRINT',
    about: "let a worker into the pool; the fingerprint as the worker's own machine shows it",
    words: 2,
    options: [],
    run: async ({ words }) => `The worker ${await approveWorker(actor, words[0] ?? '', words[1] ?? '')} is approved.`,
  },
  'worker revoke': {
    usage: 'worker revoke ID',
    about: "end a worker's access within a second; if it had the pool's key, another worker makes a new one",
    words: 1,
    options: [],
    run: async ({ words }) => `The worker ${await revokeWorker(actor, words[0] ?? '')} is revoked. If it had the pool's newest key, the pool gets another: see secret-store-admin pool status.`,
  },
  'pool status': {
    usage: 'pool status',
    about: "the pool's keys, how many values are sealed to each, and whether a new one is wanted",
    words: 0,
    options: [],
    run: poolStatus,
  },
  'pool rotate': {
    usage: 'pool rotate',
    about: 'ask for a new pool key, which a worker makes; what is stored is then sealed to it',
    words: 0,
    options: [],
    run: rotatePool,
  },
  ...keyringCommands(actor),
};
