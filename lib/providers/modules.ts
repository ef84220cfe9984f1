import { createReadStream } from 'node:fs';
import { recordEvent } from '@/lib/audit/store';
import { actorOf, type Caller } from '@/lib/auth/caller';
import { demand } from '@/lib/auth/permissions';
import { inTransaction, type Transaction } from '@/lib/db';
import { ApiError } from '@/lib/errors';
import type { Upload } from '@/lib/http/upload';
import { inspectModule } from '@/lib/plugins/inspect/in-thread';
import type { Inspection } from '@/lib/plugins/inspect/inspect';
import { ModuleRefused } from '@/lib/plugins/inspect/refusal';
import { deleteUnusedModules, moduleChunkBytes, putModule } from '@/lib/plugins/module-chunk-store';
import { providerChanged } from '@/lib/providers/changed';
import { foundProvider } from '@/lib/providers/found';
import { javaProblem, withJavaProblem } from '@/lib/providers/java-fit';
import * as history from '@/lib/providers/module-history-store';
import { signProvider } from '@/lib/providers/runnable';
import * as store from '@/lib/providers/store';
import { providerView } from '@/lib/providers/view';
import type { KeptModule, LooseModule, ProviderView } from '@/lib/schemas/provider';
import { timestamp } from '@/lib/time';

/** A module that a provider has or had. */
export interface ModuleView extends history.HistoryRow {
  isCurrent: boolean;
}

/** How long storing the largest module may take: a hundred rows of a megabyte. */
export const storeTimeoutMs = 60_000;

/** A provider that takes modules. Throws SecretProviderNotFound, CannotModifyInternalSecretProvider. */
export async function demandPlugin(id: string, tx?: Transaction): Promise<store.ProviderRow> {
  const row = await foundProvider(id, tx);
  if (row.kind === 'internal') throw new ApiError('CannotModifyInternalSecretProvider', `${row.name} is built in and takes no module.`);
  return row;
}

/**
 * Gives a provider the JAR that `receive` receives: inspected, held against the provider's factory, stored. Whoever may not
 * upload is told before anything is received. Throws InputValidationError with the reason for a JAR that is refused; the
 * module before stays then.
 */
export async function uploadModule(caller: Caller, id: string, receive: () => Promise<Upload>): Promise<ProviderView> {
  demand(caller, 'provider.change');
  await demandPlugin(id);
  const upload = await receive();
  try {
    // Read again: receiving takes its time.
    const { factoryClassName } = await demandPlugin(id);
    const inspection = await inspect(upload, factoryClassName);
    const view = await inTransaction(async (tx) => {
      // First what takes long, then the lock that others wait for.
      const chunks = createReadStream(upload.path, { highWaterMark: moduleChunkBytes });
      await putModule(tx, { sha256: inspection.sha256, fileName: upload.fileName, size: inspection.size, chunks });
      await store.lockProviders(tx);
      const row = await demandPlugin(id, tx);
      if (row.factoryClassName !== factoryClassName) throw new ApiError('InvalidRequest', `The factory of ${row.name} was changed meanwhile. Upload the module again.`);
      await history.keepModule(tx, id, { sha256: inspection.sha256, fileName: upload.fileName, inspection: history.kept(inspection), uploadedBy: caller.username });
      await history.setModule(tx, id, { sha256: inspection.sha256, fileName: upload.fileName });
      await signProvider(tx, id);
      await deleteUnusedModules(tx);
      await recordEvent(tx, { action: 'module.upload', actor: actorOf(caller), object: row, details: { sha256: inspection.sha256, size: inspection.size, file: upload.fileName } });
      return providerView(await demandPlugin(id, tx));
    }, { timeoutMs: storeTimeoutMs });
    providerChanged(view);
    return await withJavaProblem(view, inspection);
  } finally {
    await upload.remove();
  }
}

/** Inspects a JAR on disk; what is wrong with it is a refusal of the request. */
export async function inspect({ path }: { path: string }, factory?: string): Promise<Inspection> {
  try {
    return await inspectModule({ path, ...(factory !== undefined && { factory }) });
  } catch (error) {
    if (!(error instanceof ModuleRefused)) throw error;
    if (error.reason === 'too-large') throw new ApiError('RequestTooLarge', error.message);
    throw new ApiError('InputValidationError', error.message, { fields: { [error.reason === 'factory' ? 'factoryClassName' : 'module']: error.message } });
  }
}

/** The modules that a provider has or had, the one uploaded last first. */
export async function listModules(caller: Caller, id: string): Promise<ModuleView[]> {
  demand(caller, 'provider.see');
  const { moduleSha256 } = await demandPlugin(id);
  return (await history.listHistory(id)).map((row) => ({ ...row, isCurrent: row.sha256 === moduleSha256 }));
}

/** The same as the API shows it; the built-in provider has none. */
export async function getModuleHistory(caller: Caller, id: string): Promise<KeptModule[]> {
  demand(caller, 'provider.see');
  const { kind } = await foundProvider(id);
  const modules = kind === 'internal' ? [] : await listModules(caller, id);
  return Promise.all(modules.map(async ({ uploaded, uploadedBy, isCurrent, ...row }) => ({ ...(await shownModule(row)), uploaded: timestamp(uploaded), uploadedBy, isCurrent })));
}

/** A module that was kept, as it is shown: with what this server's Java makes of it now. */
export async function shownModule({ sha256, fileName, size, inspection }: Pick<history.HistoryRow, 'sha256' | 'fileName' | 'size' | 'inspection'>, factory?: string): Promise<LooseModule> {
  const { title, version, notes, candidates, classes = 0, javaVersion = 0, sdkBundled = false } = inspection;
  return { sha256, fileName, size, title, version, notes, candidates, classes, javaVersion, sdkBundled, javaProblem: await javaProblem(inspection, factory) };
}

/** Goes back to a module that the provider had. Throws InvalidRequest for another, and for one without the provider's factory. */
export async function revertModule(caller: Caller, id: string, sha256: string): Promise<ProviderView> {
  demand(caller, 'provider.change');
  const view = await inTransaction(async (tx) => {
    await store.lockProviders(tx);
    const row = await demandPlugin(id, tx);
    const earlier = await history.findInHistory(tx, id, sha256);
    if (!earlier) throw new ApiError('InvalidRequest', `${row.name} never had this module. Upload its JAR.`);
    if (!earlier.inspection.candidates.some(({ className, usable }) => usable && className === row.factoryClassName)) {
      throw new ApiError('InvalidRequest', `${earlier.fileName} has no factory ${row.factoryClassName}. Change the provider’s factory to one that it has, or upload another JAR.`);
    }
    await history.setModule(tx, id, earlier);
    await signProvider(tx, id);
    await recordEvent(tx, { action: 'module.revert', actor: actorOf(caller), object: row, details: { sha256, file: earlier.fileName } });
    return providerView(await demandPlugin(id, tx));
  });
  providerChanged(view);
  return view;
}
