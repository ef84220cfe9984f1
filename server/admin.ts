import { readArguments, usage } from './admin/arguments';
import { commands } from './admin/commands';
import { openDatabase } from './admin/database';
import { rememberedAddress } from './data-folder';
import { provideEnvironment, serverEnv, type ServerEnv } from './env';
import { isDatabaseAway, pool } from '@/lib/db';

/** secret-store-admin: what an operator does on the server's machine. Standard output has the answer alone. */
async function main(args: string[]): Promise<string> {
  const asked = readArguments(commands, args);
  if (!asked) return usage(commands);
  const env = await withServersAddress(serverEnv());
  const database = await openDatabase(env);
  provideEnvironment(env, database.embedded);
  try {
    return `${await asked.command.run(asked.given)}\n`;
  } finally {
    await pool().end();
    await database.close();
  }
}

/** Links lead to the server as it was started, unless the environment here says something else. */
async function withServersAddress(env: ServerEnv): Promise<ServerEnv> {
  const url = env.isUrlGiven ? undefined : await rememberedAddress(env.dataDir);
  return url === undefined ? env : { ...env, url };
}

function explain(error: unknown): string {
  if (isDatabaseAway(error)) return 'The database cannot be reached. Start it, or correct DATABASE_URL.';
  return error instanceof Error ? error.message : String(error);
}

main(process.argv.slice(2)).then(
  (answer) => process.stdout.write(answer, () => process.exit(0)),
  (error: unknown) => process.stderr.write(`${explain(error)}\n`, () => process.exit(1)),
);
