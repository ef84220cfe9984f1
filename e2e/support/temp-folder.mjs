// One temporary folder for a whole run of tests, its products and browsers included: whatever they leave there goes with it.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Makes the folder, and names it to this process and all that it starts; those leave it as it is. */
export function oneTempFolder() {
  if (process.env.TEST_TEMP_FOLDER !== undefined) return;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-run-'));
  // Databases and plugins run as other users, and get through.
  chmodSync(folder, 0o711);
  process.env.TEST_TEMP_FOLDER = folder;
  process.env.TMPDIR = folder;
  process.on('exit', () => {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Something still writes there; what it was is seen by who looks, and the run's result does not depend on it.
    }
  });
}
