import { open } from 'node:fs/promises';
import { readDirectory } from './directory';
import { FileWindow } from './file-window';

/** What whoever speaks to Azure Key Vault brings along, the original's plugin included. */
const azureClient = 'com/azure/security/keyvault/secrets/SecretClient.class';

/** Whether a module's backend is one that keeps what is deleted, by the classes that it brings. The SDK has no way to ask. */
export function keepsDeletedEntries(entries: readonly { name: string }[]): boolean {
  return entries.some(({ name }) => name === azureClient);
}

export const keepsDeletedNote = 'It uses Azure Key Vault, which with soft delete keeps deleted secrets for 7 to 90 days: those of secrets that are removed here, and the throwaway entry of each test.';

/** The same of a module that was inspected before, by its list of entries alone. */
export async function moduleKeepsDeletedEntries(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    return keepsDeletedEntries((await readDirectory(new FileWindow(file.fd, (await file.stat()).size))).entries);
  } finally {
    await file.close();
  }
}
