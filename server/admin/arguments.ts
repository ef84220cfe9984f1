import { parseArgs } from 'node:util';
import { UserError } from '@/server/user-error';
import type { Command, Given } from './commands';

const text = { type: 'string' } as const;

export interface Asked {
  command: Command;
  given: Given;
}

export function usage(commands: Record<string, Command>): string {
  const lines = Object.values(commands).map((command) => `  secret-store-admin ${command.usage}\n      ${command.about}`);
  return `Usage, on the server's machine, whether the server runs or not:\n${lines.join('\n')}\n`;
}

/**
 * Reads the command line. Undefined when help was asked for.
 * @throws UserError naming what is wrong with it
 */
export function readArguments(commands: Record<string, Command>, args: string[]): Asked | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const command = commands[positionals.slice(0, 2).join(' ')];
  if (!command) throw new UserError(`There is no command "${positionals.slice(0, 2).join(' ')}". secret-store-admin --help shows those there are.`);
  const { help: _help, ...options } = values;
  const words = positionals.slice(2);
  // A fingerprint may be typed with its spaces.
  if (words.length > command.words && command.words > 0) words.splice(command.words - 1, words.length, words.slice(command.words - 1).join(' '));
  const strange = Object.keys(options).find((name) => !command.options.some((option) => option === name));
  if (words.length !== command.words || strange !== undefined) throw new UserError(`Usage: secret-store-admin ${command.usage}`);
  return { command, given: { words, options } };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { user: text, kind: text, label: text, minutes: text, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw new UserError(`${(error as Error).message.split('. ')[0]}. secret-store-admin --help shows the commands.`);
  }
}
