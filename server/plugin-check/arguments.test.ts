import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '@/server/user-error';
import { readArguments } from './arguments';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-arguments-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

const environment: NodeJS.ProcessEnv = { NODE_ENV: 'test', TOKEN: 'of the environment', EMPTY: '' };
const read = (...args: string[]) => readArguments(['a.jar', ...args], environment);

describe('a value of the configuration', () => {
  test.each([
    ['k=v', 'v'],
    ['k=', ''],
    ['k=a=b', 'a=b'],
    ['k= two\nlines ', ' two\nlines '],
    ['k=$TOKEN', 'of the environment'],
    ['k=${TOKEN}', 'of the environment'],
    ['k=$EMPTY', ''],
    ['k=$$TOKEN', '$TOKEN'],
    ['k=@@file', '@file'],
    ['k=$5 and more', '$5 and more'],
  ])('%j is %j', (pair, value) => {
    expect(read('--config', pair)?.configuration).toEqual({ k: value });
  });

  test('comes from a file, without the line end at its very end', () => {
    expect(read('--config', `k=@${write('token', 'one\ntwo\r\n')}`)?.configuration).toEqual({ k: 'one\ntwo' });
  });

  test('comes from an object in JSON, as it is, beside further pairs', () => {
    expect(read('--config-file', write('c.json', '{"a": "1\\n", "b": ""}'), '--config', 'c=3')?.configuration).toEqual({ a: '1\n', b: '', c: '3' });
  });
});

describe('what is wrong with a command line is said, without a value', () => {
  const canary = 'canary-value';
  test.each([
    [['--config', 'noequals'], 'KEY=VALUE'],
    [['--config', '=v'], 'KEY=VALUE'],
    [['--config', 'k=$NOT_SET'], 'NOT_SET'],
    [['--config', 'k=@/nowhere/at/all'], 'k'],
    [['--config', `k=${canary}`, '--config', `k=${canary}`], 'k is given twice'],
    [['--config-file', '/nowhere/at/all'], 'is not there'],
    [['b.jar'], 'One JAR'],
    [['--timeout', '0'], '--timeout'],
    [['--timeout', 'soon'], '--timeout'],
    [['--strange'], '--help'],
  ])('%j', (args, said) => {
    const failure = (() => {
      try {
        return read(...args);
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toContain(said);
    expect((failure as UserError).message).not.toContain(canary);
  });

  test.each(['[]', '{"a": 1}', `{"a": "${canary}`])('a configuration file that is %j', (text) => {
    const file = write('c.json', text);
    expect(() => read('--config-file', file)).toThrow(UserError);
    expect(() => read('--config-file', file)).toThrow(/JSON/);
    expect(() => read('--config-file', file)).not.toThrow(canary);
  });

  test('no JAR', () => {
    expect(() => readArguments([], environment)).toThrow(/Which JAR/);
  });
});

test('settings come from the environment, a file and options, the later over the earlier', () => {
  const file = write('settings.json', '{"callTimeoutSeconds": 20, "heapMb": 96, "readablePaths": ["/a"]}');
  const asked = readArguments(['a.jar', '--settings', file, '--timeout', '30', '--readable', '/b', '--writable', 'c'], { ...environment, SECRET_STORE_PLUGIN_HEAP_MB: '32', SECRET_STORE_PLUGIN_HTTPS_PROXY: 'proxy:3128' });
  expect(asked?.settings).toEqual({ httpsProxy: 'proxy:3128', heapMb: 96, callTimeoutSeconds: 30, readablePaths: ['/a', '/b'], writablePaths: [path.resolve('c')] });
});

test('help is asked for', () => {
  expect(readArguments(['--help'], environment)).toBeUndefined();
  expect(readArguments(['-h', 'a.jar'], environment)).toBeUndefined();
});
