/** What the person at the terminal sees. Nothing of it is written to a file by us. */
export interface Screen {
  /** a step of the start, or something that happened later */
  line(text: string): void;
  problem(text: string): void;
}

export const terminal: Screen = {
  line: (text) => void process.stdout.write(`${text}\n`),
  problem: (text) => void process.stderr.write(`${text}\n`),
};

export interface Greeting {
  url: string;
  dataDir: string;
  isOwnDatabase: boolean;
  deliveryUrl: string;
  /** the password is there only when it was generated */
  createdAdmin?: { username: string; password?: string };
  seconds: number;
  /** what the local worker lacks, in its words */
  workerTrouble?: string;
}

/** The calm screen at the end of a start. */
export function greeting(facts: Greeting): string {
  const lines = ['', `  Secret Store is ready after ${facts.seconds.toFixed(1)} s.`, '', `  Open       ${facts.url}`];
  if (facts.createdAdmin) {
    const { username, password } = facts.createdAdmin;
    lines.push(`  Username   ${username}`);
    if (password) lines.push(`  Password   ${password}`, '             Shown this once. Keep it, or set another one after signing in.');
  }
  lines.push(`  Data       ${facts.dataDir}`, `  Workers    ${facts.deliveryUrl} (delivery plane)`, '');
  if (facts.workerTrouble) lines.push(`  The local worker cannot start algorithms yet: ${facts.workerTrouble}`, '');
  if (facts.isOwnDatabase) lines.push('  Next: connect a worker; npx secret-store-admin worker token prints what it needs.');
  else lines.push('  Next: sign in, create an algorithm, store a secret, then: npx secret-store run OWNER/NAME -- COMMAND');
  lines.push('  Ctrl-C stops everything.', '');
  return lines.join('\n');
}

/** The recovery key, in the moment in which the first worker has made it. */
export function recoveryNote(key: string): string {
  return [
    '',
    `  Recovery key   ${key}`,
    '                 Shown this once, and kept nowhere. Put it away offline: when every worker is lost,',
    '                 it alone opens what is stored (secret-store agent recover).',
    '',
  ].join('\n');
}
