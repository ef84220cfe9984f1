import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '@/server/root';

interface Case {
  /** the file as the layers see it */
  file: string;
  source: string;
}

const cases: Case[] = [];

/** Puts a file among those that one run of lint looks at; each in a folder of its own below the layer's. */
function fileWith(file: string, source: string): Case {
  const added = { file: file.includes('/') && cases.some((each) => each.file === file) ? nested(file, cases.length) : file, source };
  cases.push(added);
  return added;
}

function nested(file: string, number: number): string {
  return path.posix.join(path.posix.dirname(file), `case${number}`, path.posix.basename(file));
}

let output: string;

beforeAll(() => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'secret-store-layering-'));
  copyFileSync(path.join(projectRoot, '.oxlintrc.json'), path.join(scratch, '.oxlintrc.json'));
  for (const { file, source } of cases) {
    mkdirSync(path.dirname(path.join(scratch, file)), { recursive: true });
    writeFileSync(path.join(scratch, file), `${source}\n`);
  }
  const oxlint = path.join(projectRoot, 'node_modules/oxlint/bin/oxlint');
  output = spawnSync(process.execPath, [oxlint, '--format', 'unix', '.'], { cwd: scratch, encoding: 'utf8' }).stdout;
  rmSync(scratch, { recursive: true });
});

/** What lint found in a file. */
function findings({ file }: Case): string {
  return output.split('\n').filter((line) => line.startsWith(`${file}:`)).join('\n');
}

const uses = (from: string) => `import { something } from '${from}';\nexport const it = something;`;

const forbidden: [file: string, from: string][] = [
  ['lib/secrets/service.ts', '@/app/page'],
  ['lib/secrets/service.ts', '@/components/ui/button'],
  ['lib/secrets/service.ts', '@/server/supervisor'],
  ['lib/secrets/service.ts', '../../server/supervisor'],
  ['lib/secrets/service.ts', '@/worker/run'],
  ['lib/secrets/service.ts', 'pg'],
  ['lib/secrets/service.ts', '@prisma/client'],
  ['lib/secrets/service.ts', '@/lib/generated/prisma/client'],
  ['lib/secrets/store.ts', '@/app/page'],
  ['lib/secrets/store.ts', './service'],
  ['lib/crypto/envelope.ts', '@/lib/env'],
  ['lib/crypto/envelope.ts', '@/lib/db'],
  ['lib/crypto/envelope.ts', '../db'],
  ['lib/crypto/envelope.ts', 'node:fs/promises'],
  ['lib/schemas/secret.ts', 'node:crypto'],
  ['lib/schemas/secret.ts', '@/lib/db'],
  ['components/ui/button.tsx', 'next/link'],
  ['components/ui/button.tsx', 'react-hook-form'],
  ['components/ui/button.tsx', '@/lib/client/api'],
  ['components/ui/button.tsx', '../layout/top-bar'],
  ['components/secrets/list.tsx', '@/lib/db'],
  ['components/secrets/list.tsx', '@/lib/secrets/store'],
  ['components/secrets/list.tsx', '@/server/supervisor'],
  ['app/page.tsx', '@/lib/secrets/store'],
  ['app/page.tsx', '@/lib/db'],
  ['app/v1/users/route.ts', '@/server/supervisor'],
  ['app/v1/users/route.ts', 'pg'],
  ['server/web.ts', '@/app/page'],
  ['server/web.ts', '@/worker/run'],
  ['worker/run.ts', '@/lib/env'],
  ['worker/run.ts', '@/lib/secrets/service'],
  ['worker/run.ts', '../lib/db'],
  ['worker/run.ts', '@/server/supervisor'],
  ['worker/run.ts', 'next'],
  ['worker/run.ts', 'pg'],
  ['worker/run.ts', '@prisma/client'],
];

const allowed: [file: string, from: string][] = [
  ['lib/secrets/service.ts', './store'],
  ['lib/secrets/store.ts', '@/lib/db'],
  ['lib/crypto/envelope.ts', '@/lib/crypto/keys'],
  ['lib/crypto/envelope.ts', 'node:crypto'],
  ['lib/schemas/secret.ts', 'zod'],
  ['components/ui/button.tsx', 'react'],
  ['components/ui/button.tsx', './icon'],
  ['components/ui/button.tsx', '@/components/ui/icon'],
  ['components/secrets/list.tsx', '@/components/ui/button'],
  ['app/page.tsx', '@/components/layout/top-bar'],
  ['app/page.tsx', '@/lib/secrets/service'],
  ['server/web.ts', '@/lib/generated/routes'],
  ['worker/run.ts', '@/lib/crypto/envelope'],
  ['worker/run.ts', '@/lib/schemas/delivery'],
  ['worker/run.ts', './agent'],
];

describe('an import against the layers is a lint error', () => {
  test.each(forbidden.map(([file, from]) => [file, from, fileWith(file, uses(from))] as const))('%s must not import %s', (_file, _from, written) => {
    expect(findings(written)).toContain('no-restricted-imports');
  });

  test.each(allowed.map(([file, from]) => [file, from, fileWith(file, uses(from))] as const))('%s may import %s', (_file, _from, written) => {
    expect(findings(written)).not.toContain('no-restricted-imports');
  });
});

describe('lint also refuses', () => {
  const environment = 'export const it = process.env.PORT;';
  const client = fileWith('lib/secrets/service.ts', `import { prisma } from '@/lib/db';\nexport const it = prisma;`);
  const readElsewhere = fileWith('lib/secrets/service.ts', environment);
  const readInPlace = fileWith('lib/env.ts', environment);
  const any = fileWith('lib/secrets/service.ts', 'export const it: any = 1;');
  const comment = fileWith('lib/secrets/service.ts', '// @ts-ignore: because\nexport const it = 1;');

  test('an import of the raw database client from a service', () => {
    expect(findings(client)).toContain('no-restricted-imports');
  });

  test('the environment read anywhere but in the environment files', () => {
    expect(findings(readElsewhere)).toContain('no-process-env');
    expect(findings(readInPlace)).toBe('');
  });

  test('any, and comments that switch checks off', () => {
    expect(findings(any)).toContain('no-explicit-any');
    expect(findings(comment)).toContain('ban-ts-comment');
  });
});
