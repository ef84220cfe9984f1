import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { JsonBody } from '@/e2e/support/http';
import { uniqueName } from '@/e2e/support/people';
import { theOperator } from '@/e2e/support/visitors';
import { projectRoot } from '@/server/root';

/** A JAR of the contract's tests. */
export const builtJar = (name: 'file-store' | 'too-new' | 'wrong') => path.join(projectRoot, 'plugins/contract-tests/target/jars', `${name}.jar`);

export const fileStoreFactory = 'com.example.filestore.FileStoreFactory';

/** A provider that keeps values in files of its plugin's own folder, by API. */
export async function addFileStore(configuration: Record<string, string> = {}, more: JsonBody = {}): Promise<{ id: string; name: string }> {
  const api = await theOperator();
  const name = uniqueName('file_store');
  const made = await api.done('POST', '/v1/admin/secret-provider', { name, factoryClassName: fileStoreFactory, configuration: { folder: '.', ...configuration }, ...more });
  const id = String(made.json().id);
  const form = new FormData();
  form.set('provider', new Blob([await readFile(builtJar('file-store'))]), 'file-store.jar');
  const upload = await fetch(`${api.url}/v1/admin/plugins/secret-provider/${id}`, { method: 'POST', headers: { authorization: `Simple ${api.key}` }, body: form });
  if (!upload.ok) throw new Error(await upload.text());
  return { id, name };
}
