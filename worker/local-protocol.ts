/**
 * What `secret-store run` and the agent say to each other on the agent's socket: one JSON object a line, one line each
 * way. The version changes when an older side would misunderstand a newer one.
 */
export const protocolVersion = 1;

/** A question is a name and a few words; more is not read. */
export const questionBytes = 8 * 1024;
/** 300 values of the largest size, escaped. */
export const answerBytes = 128 * 1024 * 1024;

export type Question =
  | { v: typeof protocolVersion; op: 'start'; owner: string; name: string }
  | { v: typeof protocolVersion; op: 'status' }
  | { v: typeof protocolVersion; op: 'look' }
  | { v: typeof protocolVersion; op: 'recover'; key: string }
  | { v: typeof protocolVersion; op: 'recovery-key' }
  | { v: typeof protocolVersion; op: 'accept-versions' };

/** `env` holds values: it goes to the started command's environment and nowhere else. */
export interface StartReply {
  ok: true;
  env: Record<string, string>;
  /** One line for whoever started the command. */
  warning?: string;
}

export interface Refused {
  ok: false;
  error: string;
}

export type AgentState = 'starting' | 'joining' | 'pending' | 'waiting' | 'ready' | 'revoked' | 'refused';

/** A worker that nobody confirmed on this machine, which asks for that. */
export interface Unconfirmed {
  name: string;
  fingerprint: string;
}

export interface Status {
  state: AgentState;
  /** One sentence: what is, and what to do when something is missing. */
  message: string;
  name: string;
  server: string | null;
  workerId: string | null;
  fingerprint: string;
  /** Pool epochs whose key this worker has. */
  epochs: number[];
  /** Whether it hands keys only to workers that were confirmed on its own machine, and those that were not. */
  approveHere: boolean;
  unconfirmed: Unconfirmed[];
  /** Why nobody counts as confirmed; null as a rule. */
  confirmationFault: string | null;
  /** Sealing stored values to the newest key; null when there was nothing to do. `left`: records that do not open. */
  reseal: { target: number; active: boolean; done: number; left: number } | null;
  connected: boolean;
  algorithms: number;
  receiptsWaiting: number;
  /** Providers whose plugins were needed since the agent started, and the secrets that they last could not give. */
  providers: {
    id: string;
    name: string;
    state: string;
    pid: number | null;
    failing: { variable: string; algorithmId: string; confirmed: string; since: string; reason: string }[];
  }[];
  /** Null while what the worker keeps on disk can be written. */
  disk: string | null;
  recoveryKeyNotShown: boolean;
  pid: number;
  software: string;
}
