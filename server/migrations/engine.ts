import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { DatabaseSettings } from '../database-settings';
import { projectRoot } from '../root';
import { MigrationAdapterFactory } from './adapter';
import type { Migrations } from './files';

declare global {
  // Named by the engine's own bindings, which look for it on the global object.
  var PRISMA_WASM_PANIC_REGISTRY: { set_message(message: string): void } | undefined;
}

/** The engine never clears the timer of its own lock's time-out: it would keep a process alive for ten seconds. */
function withoutLingeringTimers(imports: WebAssembly.ModuleImports): WebAssembly.ModuleImports {
  const name = Object.keys(imports).find((each) => each.startsWith('__wbg_setTimeout_'));
  if (name === undefined) return imports;
  return { ...imports, [name]: (callback: () => void, milliseconds: number) => setTimeout(callback, milliseconds >>> 0).unref() };
}

let loading: Promise<void> | undefined;

async function load(): Promise<void> {
  globalThis.PRISMA_WASM_PANIC_REGISTRY ??= { set_message() {} };
  const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
  const code = await readFile(path.join(folder, 'schema_engine_bg.wasm'));
  const imports = { './schema_engine_bg.js': withoutLingeringTimers(bindings) };
  const { instance } = await WebAssembly.instantiate(code, imports);
  const exports = instance.exports as WebAssembly.Exports & { __wbindgen_start(): void };
  (bindings as unknown as { __wbg_set_wasm(exports: WebAssembly.Exports): void }).__wbg_set_wasm(exports);
  exports.__wbindgen_start();
}

export const schemaFile = path.join(projectRoot, 'prisma', 'schema.prisma');

export type Engine = bindings.SchemaEngine;

/**
 * Hands `work` Prisma's migration engine as WebAssembly, from the package that is installed anyway: its command line
 * would download an executable. Closes its connections afterwards.
 */
export async function withEngine<T>(settings: DatabaseSettings, work: (engine: Engine) => Promise<T>, migrations?: Migrations): Promise<T> {
  loading ??= load();
  await loading;
  const schema = await readFile(schemaFile, 'utf8');
  const factory = new MigrationAdapterFactory(settings, new Set(migrations?.scripts.values()));
  const options = { datamodels: [[schemaFile, schema]] satisfies [string, string][] };
  const engine = await bindings.SchemaEngine.new(options, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
  try {
    return await work(engine);
  } finally {
    engine.free();
    await factory.close();
  }
}

/** What the engine says went wrong, without its inner stack; the migration's name is only in there. */
export function engineMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const stack = text.search(/\n\s+0: /);
  const migration = /migration_name="([^"]+)"/.exec(text)?.[1];
  const what = (stack === -1 ? text : text.slice(0, stack)).replace(/^external connector error\n/, '').trim();
  return migration ? `Migration ${migration}: ${what}` : what;
}
