import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectRoot } from '@/server/root';
import { testJava } from '../host/testing/clients';
import { broken, withChecks } from './testing/checks';

const plugins = path.join(projectRoot, 'plugins');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-template-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, args: string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 600_000 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stdout.slice(-4_000)}\n${stderr.slice(-4_000)}`);
  return stdout;
}

test('a copy of the template, on its own, builds with one command, and its JAR conforms', async () => {
  const copy = path.join(folder, 'my-plugin');
  cpSync(path.join(plugins, 'template'), copy, { recursive: true, filter: (source) => path.basename(source) !== 'target' });
  run('mvn', ['-q', '-B', '-ntp', 'package'], copy);
  await withChecks(async (checks) => {
    const report = await checks.run(path.join(copy, 'target/my-secret-provider.jar'), { folder: checks.store });
    expect(broken(report)).toEqual([]);
    expect(report).toMatchObject({ conforms: true, left: [] });
    expect(report.inspection).toMatchObject({ title: 'My secret provider', version: '1.0.0' });
    expect(checks.entries()).toEqual([]);
  });
}, 900_000);

test('the SDK in the template is the one of this product', async () => {
  const { home } = await testJava();
  const described = (jar: string) => {
    const classes = ['Secret', 'SecretIdentifier', 'SecretNotFoundException', 'SecretProvider', 'SecretProviderFactory', 'SimpleSecret'].map((name) => `com.algorithmia.sdk.plugin.secrets.${name}`);
    return run(path.join(home, 'bin/javap'), ['-public', '-cp', jar, ...classes], folder);
  };
  const inTemplate = path.join(plugins, 'template/sdk/com/algorithmia/plugin-sdk/1.0.0/plugin-sdk-1.0.0');
  expect(described(`${inTemplate}.jar`)).toBe(described(path.join(plugins, 'sdk/target/plugin-sdk-1.0.0.jar')));
  expect(readFileSync(`${inTemplate}.pom`, 'utf8')).toBe(readFileSync(path.join(plugins, 'sdk/pom.xml'), 'utf8'));
});
