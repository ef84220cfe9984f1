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

let loading: Promise<void> | undefined;

async function load(): Promise<void> {
  globalThis.PRISMA_WASM_PANIC_REGISTRY ??= { set_message() {} };
  const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
  const code = await readFile(path.join(folder, 'schema_engine_bg.wasm'));
  const imports = { './schema_engine_bg.js': bindings as unknown as WebAssembly.ModuleImports };
  const { instance } = await WebAssembly.instantiate(code, imports);
  const exports = instance.exports as WebAssembly.Exports & { __wbindgen_start(): void };
  (bindings as unknown as { __wbg_set_wasm(exports: WebAssembly.Exports): void }).__wbg_set_wasm(exports);
  exports.__wbindgen_start();
}

export const schemaFile = path.join(projectRoot, 'prisma', 'schema.prisma');

export type Engine = bindings.SchemaEngine;

/**
 * Prisma's migration engine as WebAssembly, from the package that is installed anyway: its command line would download
 * an executable.
 */
export async function openEngine(settings: DatabaseSettings, migrations?: Migrations): Promise<Engine> {
  loading ??= load();
  await loading;
  const schema = await readFile(schemaFile, 'utf8');
  const factory = new MigrationAdapterFactory(settings, new Set(migrations?.scripts.values()));
  return bindings.SchemaEngine.new({ datamodels: [[schemaFile, schema]] }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
}

/** What the engine says went wrong, without its inner stack. */
export function engineMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed) return String(parsed.message);
  } catch {
    // Not JSON: the text is the message.
  }
  return text;
}
