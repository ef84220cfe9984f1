import { createReadStream } from 'node:fs';
import { recordEvent } from '@/lib/audit/store';
import { actorOf, type Caller } from '@/lib/auth/caller';
import { demand } from '@/lib/auth/permissions';
import { inTransaction } from '@/lib/db';
import { ApiError } from '@/lib/errors';
import type { Upload } from '@/lib/http/upload';
import { ModuleUnavailable } from '@/lib/plugins/module-cache';
import { deleteUnusedModules, findModule, listModuleHashes, moduleChunkBytes, putModule } from '@/lib/plugins/module-chunk-store';
import { keepModules, moduleFile } from '@/lib/plugins/module-store';
import { providerChanged } from '@/lib/providers/changed';
import { javaProblem, withJavaProblem } from '@/lib/providers/java-fit';
import * as history from '@/lib/providers/module-history-store';
import { demandPlugin, inspect, storeTimeoutMs } from '@/lib/providers/modules';
import { signProvider } from '@/lib/providers/runnable';
import * as store from '@/lib/providers/store';
import { providerView } from '@/lib/providers/view';
import type { LooseModule, ProviderView } from '@/lib/schemas/provider';

// Modules that were uploaded before their provider is saved: to be looked into, and to test with. One that no provider takes
// within an hour is removed.

/** Stores a JAR and says what is in it: which factories there are to choose from. */
export async function uploadLooseModule(caller: Caller, receive: () => Promise<Upload>): Promise<LooseModule> {
  demand(caller, 'provider.change');
  const upload = await receive();
  try {
    const inspection = await inspect(upload);
    const { sha256, size, title, version, notes, candidates, classes, javaVersion, sdkBundled } = inspection;
    await inTransaction(async (tx) => {
      await putModule(tx, { sha256, fileName: upload.fileName, size, chunks: createReadStream(upload.path, { highWaterMark: moduleChunkBytes }) });
      await recordEvent(tx, { action: 'module.upload', actor: actorOf(caller), object: { name: upload.fileName }, details: { sha256, size, file: upload.fileName } });
    }, { timeoutMs: storeTimeoutMs });
    return { sha256, fileName: upload.fileName, size, title, version, notes, candidates, classes, javaVersion, sdkBundled, javaProblem: await javaProblem(inspection) };
  } finally {
    await upload.remove();
  }
}

/**
 * Gives a provider a module that is stored already. `fileName`: what its file was called when it was uploaded for this; without
 * it an earlier module is gone back to. Throws InputValidationError for one without the provider's factory.
 */
export async function attachModule(caller: Caller, id: string, { sha256, fileName: uploadedAs }: { sha256: string; fileName?: string | undefined }): Promise<ProviderView> {
  demand(caller, 'provider.change');
  const { factoryClassName } = await demandPlugin(id);
  const known = await findModule(sha256);
  const gone = () => new ApiError('InvalidRequest', 'This module is not stored, or no longer. Upload its JAR.');
  if (!known) throw gone();
  const path = await moduleFile(sha256).catch((error: unknown) => {
    throw error instanceof ModuleUnavailable ? new ApiError('InvalidRequest', error.message) : error;
  });
  const inspection = await inspect({ path }, factoryClassName);
  const view = await inTransaction(async (tx) => {
    await store.lockProviders(tx);
    const row = await demandPlugin(id, tx);
    if (row.factoryClassName !== factoryClassName) throw new ApiError('InvalidRequest', `The factory of ${row.name} was changed meanwhile. Choose the module again.`);
    if (!(await findModule(sha256, tx))) throw gone();
    const earlier = await history.findInHistory(tx, id, sha256);
    const isRevert = earlier !== undefined && uploadedAs === undefined;
    const fileName = uploadedAs ?? (earlier ?? known).fileName;
    if (!isRevert) await history.keepModule(tx, id, { sha256, fileName, inspection: history.kept(inspection), uploadedBy: caller.username });
    await history.setModule(tx, id, { sha256, fileName });
    await signProvider(tx, id);
    await recordEvent(tx, { action: isRevert ? 'module.revert' : 'module.upload', actor: actorOf(caller), object: row, details: { sha256, size: known.size, file: fileName } });
    return providerView(await demandPlugin(id, tx));
  });
  providerChanged(view);
  return withJavaProblem(view, inspection);
}

/** Removes what nobody took, from the database and from this server's disk. */
export async function removeLooseModules(): Promise<void> {
  await inTransaction((tx) => deleteUnusedModules(tx));
  await keepModules(await listModuleHashes());
}
