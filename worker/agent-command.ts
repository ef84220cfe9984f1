import { parseArgs } from 'node:util';
import { AgentUnreachable, askAgent } from './agent-client';
import { workerEnv } from './env';
import type { Status } from './local-protocol';

export const agentUsage = `usage: secret-store agent [--server URL --token TOKEN] [--name NAME] [--data DIR] [--approve-here]
       secret-store agent status [--json]    how the agent stands
       secret-store agent fingerprint        what an administrator compares before approving it
       secret-store agent recover            give it the recovery key, on standard input
       secret-store agent recovery-key       show the recovery key that it made, once
       secret-store agent accept-versions    trust the versions of a database restored from a backup
       secret-store agent approve PRINT      confirm another worker's fingerprint on this machine
       secret-store agent disapprove PRINT   take that back

TOKEN may be "-" (read from standard input) or come in SECRET_STORE_JOIN_TOKEN, so that no list of processes shows it.
With --approve-here (or SECRET_STORE_APPROVE_HERE=1) it hands the pool's key only to workers whose fingerprint was confirmed on
this machine, besides the administrator's approval. The folder is --data, or SECRET_STORE_DATA_DIR, or ./data; the worker's files are in its folder worker/.`;

function complain(message: string, code = 1): number {
  process.stderr.write(`secret-store: ${message}\n`);
  return code;
}

async function standardInput(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('(type it, then Enter and Ctrl-D) ');
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const part of process.stdin) text = (text + String(part)).slice(0, 10_000);
  return text.trim();
}

function describeReseal({ target, active, done, left }: NonNullable<Status['reseal']>): string {
  const now = active ? 'under way' : 'nothing under way';
  return `to pool epoch ${target}: ${now}, ${done} done by this agent${left > 0 ? `, ${left} left as they are because they do not open` : ''}`;
}

const describeFailing = ({ variable, confirmed, since }: Status['providers'][number]['failing'][number]) => `${variable || 'a secret'} (last confirmed ${confirmed}, failing since ${since})`;

function describe(status: Status): string {
  const rows: [string, string][] = [
    ['State', status.state],
    ['', status.message],
    ['Worker', `${status.name}${status.workerId ? ` (${status.workerId})` : ''}`],
    ['Fingerprint', status.fingerprint],
    ['Server', `${status.server ?? 'none yet'}${status.connected ? ', connected' : ', not connected'}`],
    ['Pool epochs', status.epochs.join(', ') || 'none'],
    ['Algorithms held', String(status.algorithms)],
    ['Starts to report', String(status.receiptsWaiting)],
  ];
  if (status.reseal) rows.push(['Sealing again', describeReseal(status.reseal)]);
  if (status.approveHere) rows.push(['Confirmed here', status.unconfirmed.length === 0 ? 'every worker that asks for a key' : 'not yet; after comparing, "secret-store agent approve FINGERPRINT":']);
  for (const { name, fingerprint } of status.unconfirmed) rows.push(['', `${fingerprint}  ${name}`]);
  if (status.confirmationFault) rows.push(['', status.confirmationFault]);
  for (const { name, state, failing } of status.providers) rows.push(['Provider', `${name}: ${state}${failing.length > 0 ? `; last good values in use for ${failing.map(describeFailing).join(', ')}: ${failing[0]?.reason}` : ''}`]);
  if (status.disk) rows.push(['Disk', status.disk]);
  if (status.recoveryKeyNotShown) rows.push(['Recovery key', 'not shown yet: run "secret-store agent recovery-key"']);
  return rows.map(([name, text]) => `${name.padEnd(18)}${text}`).join('\n');
}

async function fingerprintOf(folder: string): Promise<string> {
  const { Identity } = await import('./identity');
  const identity = Identity.find(folder);
  if (!identity) throw new AgentUnreachable(`there is no worker in ${folder} yet`);
  return identity.fingerprint;
}

/** Confirms a fingerprint, or takes that back; whether an agent runs or not. */
async function confirm(folder: string, what: 'approve' | 'disapprove', typed: string): Promise<number> {
  const { Confirmations, readFingerprint } = await import('./confirmations');
  const { privateFolder } = await import('./files');
  const print = readFingerprint(typed);
  if (!print) return complain('a fingerprint has eight groups of four characters, as "secret-store agent fingerprint" prints it on the other machine');
  privateFolder(folder);
  const confirmations = new Confirmations(folder, true);
  if (what === 'approve') confirmations.add(print);
  else if (!confirmations.remove(print)) return complain('this fingerprint was not confirmed here');
  // The agent finds out by itself too, within half a minute.
  await askAgent(folder, { op: 'look' }).catch(() => undefined);
  return 0;
}

async function askOnce(folder: string, words: string[], json: boolean): Promise<number> {
  const [what] = words;
  if (what === 'approve' || what === 'disapprove') return confirm(folder, what, words.slice(1).join(' '));
  if (what === 'fingerprint') {
    process.stdout.write(`${await fingerprintOf(folder)}\n`);
    return 0;
  }
  const question =
    what === 'status' ? ({ op: 'status' } as const)
    : what === 'recover' ? ({ op: 'recover', key: await standardInput() } as const)
    : what === 'recovery-key' ? ({ op: 'recovery-key' } as const)
    : what === 'accept-versions' ? ({ op: 'accept-versions' } as const)
    : undefined;
  if (!question || words.length > 1) return complain(`unknown: agent ${words.join(' ')}\n${agentUsage}`);
  const answer = await askAgent(folder, question);
  if (!answer.ok) return complain(answer.error);
  if ('status' in answer) {
    process.stdout.write(`${json ? JSON.stringify(answer.status) : describe(answer.status)}\n`);
    return answer.status.state === 'ready' ? 0 : 3;
  }
  if ('key' in answer) process.stdout.write(`${answer.key}\n`);
  return 0;
}

/** `secret-store agent …`. Returns the exit code; the agent itself runs until it is ended. */
export async function agentCommand(argv: string[]): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      args: argv,
      allowPositionals: true,
      options: { server: { type: 'string' }, token: { type: 'string' }, name: { type: 'string' }, data: { type: 'string' }, json: { type: 'boolean' }, 'approve-here': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    return complain(`${error instanceof Error ? error.message : 'bad arguments'}\n${agentUsage}`);
  }
  const { values, positionals } = parsed;
  if (values.help) {
    process.stdout.write(`${agentUsage}\n`);
    return 0;
  }
  const { folder, joinToken, server: serverFromEnv, approveHere } = workerEnv(values.data);
  try {
    if (positionals.length > 0) return await askOnce(folder, positionals, values.json === true);
    const token = values.token === '-' ? await standardInput() : (values.token ?? joinToken);
    const server = (values.server ?? serverFromEnv)?.replace(/\/+$/, '');
    if (server !== undefined && !/^https?:\/\/[^\s]+$/.test(server)) return complain('--server is the address of the delivery plane, such as https://secrets.example:3001');
    if (token && !server) return complain('--token needs --server: the address of the delivery plane');
    if (server?.startsWith('http:') && !/^http:\/\/(localhost|127\.[\d.]+|\[::1\])(:|\/|$)/.test(server)) {
      process.stderr.write('secret-store: warning: http:// to another machine lets those in between see the join token and who starts what (never a value); use https://\n');
    }
    const { serveAgent } = await import('./serve-agent');
    return await serveAgent({ folder, name: values.name, server, approveHere: approveHere || values['approve-here'] === true, offer: token && server ? { token, server } : undefined });
  } catch (error) {
    if (error instanceof Error && (error instanceof AgentUnreachable || error.name === 'FolderError' || error.name === 'SettingError')) return complain(error.message);
    throw error;
  }
}
