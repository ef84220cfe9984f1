// A start on a data folder that is in use ends before it builds: a build would replace the files of the one that runs.
import { join, resolve } from 'node:path';
import { projectRoot } from './files.mjs';
import { lockHolder } from './lock.mjs';

export async function refuseSecondStart() {
  const given = process.env.SECRET_STORE_DATA_DIR;
  const dataDir = given ? resolve(given) : join(projectRoot, 'data');
  const holder = await lockHolder(join(dataDir, 'lock')).catch(() => undefined);
  if (holder?.purpose !== 'server') return;
  throw new Error(`Secret Store already runs on ${dataDir} (process ${holder.pid}). Stop that one first, or set SECRET_STORE_DATA_DIR to another folder.`);
}
