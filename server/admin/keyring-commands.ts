import type { AuditActor } from '@/lib/audit/events';
import { newestKeys } from '@/lib/crypto/keyring-rotation';
import type { Keyring } from '@/lib/crypto/keyring';
import { keyringView, prepareKeyring, retireKeys, rotateKeyring } from '@/lib/keyring/rotation';
import type { Command } from './commands';
import { table } from './table';

function rowsOf(keyring: Keyring): string[][] {
  const newest = newestKeys(keyring);
  const use = (id: string, used: string, isNewest: boolean) => (id === used ? 'in use' : isNewest ? 'prepared' : 'old');
  return [
    ['key', 'made', 'for', 'use'],
    ...keyring.keys.map(({ id, created }) => [id, created, 'configurations', use(id, keyring.primary, id === newest.primary)]),
    ...keyring.signing.map(({ created, signingKey: { verifyKey: { id } } }) => [id, created, 'signatures', use(id, keyring.signer, id === newest.signer)]),
  ];
}

async function status(): Promise<string> {
  const { keyring, work } = await keyringView();
  const left = `Under old keys: ${work.records} configurations, ${work.signatures} signatures, ${work.values} stored values.`;
  return [table(rowsOf(keyring), ''), '', left].join('\n');
}

const copies = 'Copy keyring.json to every server, keep a backup of it, and start each of them again';

/** Replaces the server's keys, step by step; what to do between the steps is in what they print. */
export function keyringCommands(actor: AuditActor): Record<string, Command> {
  const command = (usage: string, about: string, run: () => Promise<string>): Record<string, Command> => ({ [usage]: { usage, about, words: 0, options: [], run } });
  return {
    ...command('keyring status', "the server's keys, and what is still under old ones", status),
    ...command('keyring prepare', 'add new keys that nothing uses yet; every server is then started with them', async () => {
      await prepareKeyring(actor);
      return `New keys are in the keyring, and not used yet. ${copies}; then: secret-store-admin keyring rotate.`;
    }),
    ...command('keyring rotate', 'use the prepared keys, and put what the old ones sealed and signed under them', async () => {
      const { done } = await rotateKeyring(actor);
      return `The new keys are in use: ${done.records} configurations and ${done.signatures} signatures were put under them. ${copies}; everyone signs in again. Then run this once more, and secret-store-admin pool rotate; at last: secret-store-admin keyring retire.`;
    }),
    ...command('keyring retire', 'remove the old keys, once nothing needs them', async () => {
      await retireKeys(actor);
      return `The old keys are gone. ${copies}. A backup of the database from before needs the keyring of its day.`;
    }),
  };
}
