import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '@/server/root';

/** Builds what changed, once before a run; the products that tests start take it as it is then. */
export function buildProduct(): void {
  execFileSync(process.execPath, [path.join(projectRoot, 'server/build.mjs')], { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Vitest's global set-up. */
export default buildProduct;
