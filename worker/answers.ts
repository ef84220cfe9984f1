import type { Bundles } from './bundles';
import type { Confirmations } from './confirmations';
import type { Enrolment, Standing } from './enrolment';
import type { Identity } from './identity';
import type { Question, Status } from './local-protocol';
import type { PoolKeys } from './pool-keys';
import type { PluginWorker } from './providers/plugin-worker';
import type { Receipts } from './receipts';
import { printRecoveryKey } from './recovery-key';
import type { Resealer } from './resealer';
import type { StartService } from './start-service';
import { software } from './version';
import type { Versions } from './versions';

/** What answers are made of; the last ones are how the agent stands at this moment. */
export interface AnswerParts {
  identity: Identity;
  pool: PoolKeys;
  enrolment: Enrolment;
  bundles: Bundles;
  versions: Versions;
  receipts: Receipts;
  starts: StartService;
  confirmations: Confirmations;
  resealer: Resealer;
  plugins: PluginWorker;
  standing: Standing;
  connected: boolean;
  disk: string | null;
  /** Looks how this worker stands, from now on. */
  look(): Promise<void>;
}

function statusOf({ plugins, identity, pool, enrolment, bundles, receipts, confirmations, resealer, standing, connected, disk }: AnswerParts): Status {
  return {
    ...standing,
    name: identity.name,
    server: identity.joined?.server ?? null,
    workerId: identity.joined?.workerId ?? null,
    fingerprint: identity.fingerprint,
    epochs: pool.epochs,
    approveHere: confirmations.required,
    unconfirmed: enrolment.unconfirmed,
    confirmationFault: confirmations.fault,
    reseal: resealer.progress,
    connected,
    algorithms: bundles.size,
    receiptsWaiting: receipts.waiting,
    providers: plugins.status(),
    disk,
    recoveryKeyNotShown: pool.recoveryKey !== undefined,
    pid: process.pid,
    software,
  };
}

function line(answer: object): string {
  return `${JSON.stringify({ ok: true, ...answer })}\n`;
}

/** Answers one question of the command line. Throws with a message for people. */
export async function answerLocally(question: Question, parts: AnswerParts): Promise<Buffer | string> {
  const { enrolment, look, pool, starts, versions } = parts;
  switch (question.op) {
    case 'start':
      return starts.start(question.owner, question.name);
    case 'status':
      return line({ status: statusOf(parts) });
    case 'look':
      await look();
      return line({});
    case 'recover': {
      await look().catch(() => undefined);
      const message = enrolment.recover(question.key);
      await look().catch(() => undefined);
      return line({ key: message });
    }
    case 'recovery-key': {
      const key = pool.recoveryKey;
      if (!key) throw new Error('the recovery key was shown already, or another worker made it');
      pool.forgetRecoveryKey();
      return line({ key: printRecoveryKey(key) });
    }
    case 'accept-versions':
      versions.forget();
      versions.save();
      return line({});
  }
}
