/** What the agent says to the supervisor that started it, over IPC. Alone on a machine, nobody listens. */
export interface JoinOffer {
  token: string;
  server: string;
}

export const supervised = typeof process.send === 'function';

function send(message: object): Promise<boolean> {
  return new Promise((resolve) => {
    if (!process.send || !process.connected) return resolve(false);
    process.send(message, (error: Error | null) => resolve(error === null));
  });
}

export function say(message: { type: 'ready' } | { type: 'state'; state: string; message: string }): void {
  void send(message);
}

/** True when the supervisor has it: it prints the key once, and the worker forgets it. */
export function announceRecoveryKey(key: string): Promise<boolean> {
  return send({ type: 'recovery-key', key });
}

/** Asks the supervisor for a way in: a one-time token and the address of the delivery plane. */
export function askForJoin(timeoutMs = 10_000): Promise<JoinOffer | undefined> {
  return new Promise((resolve) => {
    const done = (offer?: JoinOffer) => {
      clearTimeout(timer);
      process.off('message', onMessage);
      resolve(offer);
    };
    const onMessage = (message: unknown): void => {
      if (typeof message !== 'object' || message === null || !('type' in message) || message.type !== 'join') return;
      if ('token' in message && typeof message.token === 'string' && 'server' in message && typeof message.server === 'string') {
        done({ token: message.token, server: message.server });
      }
    };
    const timer = setTimeout(() => done(), timeoutMs);
    process.on('message', onMessage);
    void send({ type: 'need-join' });
  });
}
