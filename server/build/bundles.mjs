// Bundles what Node runs: the server's parts with packages left outside, the worker whole, so that it can be copied
// to a machine of its own.
import { readdir, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { build, stop } from 'esbuild';
import { exists, projectRoot } from './files.mjs';

/** Bundle by source; those whose source is not there are left out. */
const serverEntries = {
  supervisor: 'server/supervisor.ts',
  prepare: 'server/prepare.ts',
  web: 'server/web.ts',
  delivery: 'server/delivery/main.ts',
  admin: 'server/admin.ts',
  'plugin-check': 'server/plugin-check/main.ts',
  // A thread of the control plane's process, started by its file.
  'module-inspector': 'lib/plugins/inspect/thread.ts',
};
const workerEntries = { cli: 'worker/cli.ts' };

const common = {
  absWorkingDir: projectRoot,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'silent',
  metafile: true,
  outExtension: { '.js': '.mjs' },
  tsconfig: join(projectRoot, 'tsconfig.json'),
};

/** Next 16 has no export map, so Node wants the file's ending in `next/server`. */
const nextFileEndings = {
  name: 'next-file-endings',
  setup(setup) {
    setup.onResolve({ filter: /^next\/[\w/-]+$/ }, (args) => ({ path: `${args.path}.js`, external: true }));
  },
};

/** Packages written in CommonJS call `require`, which a module does not have. */
const requireForModules = {
  js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
};

/** @param {Record<string, string>} entries */
async function present(entries) {
  const found = [];
  for (const [out, source] of Object.entries(entries)) {
    if (await exists(join(projectRoot, source))) found.push({ in: source, out });
  }
  return found;
}

/** What esbuild does not find it takes for a package and leaves outside; a file of ours that is missing is found here. */
function demandOwnFiles(metafile) {
  for (const [output, { imports }] of Object.entries(metafile.outputs)) {
    const missing = imports.find(({ path, external }) => external && path.startsWith('@/'));
    if (missing) throw new Error(`The server could not be bundled: ${missing.path} does not exist (wanted by ${output})`);
  }
}

/** A chunk of an earlier build is not left to be loaded by accident. */
async function removeOthers(folder, metafile) {
  const written = new Set(Object.keys(metafile.outputs).map((path) => resolve(projectRoot, path)));
  for (const name of await readdir(join(projectRoot, folder))) {
    const path = join(projectRoot, folder, name);
    if (!written.has(path)) await rm(path, { recursive: true });
  }
}

/** @returns {Promise<string[]>} the bundles, relative to the project */
export async function buildBundles() {
  const outputs = [];
  try {
    const server = await present(serverEntries);
    if (server.length > 0) {
      const result = await build({ ...common, entryPoints: server, outdir: 'dist/server', packages: 'external', plugins: [nextFileEndings] });
      demandOwnFiles(result.metafile);
      await removeOthers('dist/server', result.metafile);
      outputs.push(...Object.keys(result.metafile.outputs));
    }
    const worker = await present(workerEntries);
    if (worker.length > 0) {
      const result = await build({ ...common, entryPoints: worker, outdir: 'dist/worker', splitting: true, banner: requireForModules });
      demandOwnFiles(result.metafile);
      await removeOthers('dist/worker', result.metafile);
      outputs.push(...Object.keys(result.metafile.outputs));
    }
  } catch (error) {
    const first = error.errors?.[0];
    if (first === undefined) throw error;
    const place = first.location ? `${relative(projectRoot, resolve(projectRoot, first.location.file))}:${first.location.line}: ` : '';
    throw new Error(`The server could not be bundled: ${place}${first.text}`);
  } finally {
    await stop();
  }
  return outputs.filter((path) => path.endsWith('.mjs'));
}
