import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

let program: Promise<string> | undefined;

/** The command line, bundled as the product bundles it, into a folder of this run's own. */
export function bundledProgram(): Promise<string> {
  program ??= (async () => {
    const outdir = mkdtempSync(path.join(os.tmpdir(), 'secret-store-cli-'));
    await build({
      entryPoints: { cli: 'worker/cli.ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      splitting: true,
      outdir,
      outExtension: { '.js': '.mjs' },
      logLevel: 'silent',
      banner: { js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);" },
    });
    return path.join(outdir, 'cli.mjs');
  })();
  return program;
}
