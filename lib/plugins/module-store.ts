import path from 'node:path';
import { env } from '@/lib/env';
import { ModuleCache } from '@/lib/plugins/module-cache';
import { readModule } from '@/lib/plugins/module-chunk-store';

let cache: ModuleCache | undefined;

function modules(): ModuleCache {
  cache ??= new ModuleCache(path.join(env().dataDir, 'server', 'modules'), readModule);
  return cache;
}

/**
 * The path of a module on this server's disk, its hash checked just now. Throws ModuleUnavailable when it is stored with
 * another content or not at all.
 */
export function moduleFile(sha256: string): Promise<string> {
  return modules().get(sha256);
}

/** Removes modules from this server's disk that are not among these. */
export function keepModules(hashes: Iterable<string>): Promise<void> {
  return modules().prune(hashes);
}
