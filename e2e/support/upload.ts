import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from '@/server/root';

export interface FormPart {
  field?: string;
  /** Undefined for a text field. */
  fileName?: string | undefined;
  type?: string;
  content: Uint8Array | string;
}

/** A multipart/form-data body, as curl and browsers write it. */
export function formOf(parts: FormPart[]): { headers: Record<string, string>; body: Buffer } {
  const boundary = `----form${randomBytes(12).toString('hex')}`;
  const pieces = parts.flatMap(({ field = 'provider', fileName, type, content }) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${field}"${fileName === undefined ? '' : `; filename="${fileName}"`}\r\n`),
    Buffer.from(fileName === undefined ? '\r\n' : `Content-Type: ${type ?? 'application/octet-stream'}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  return { headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]) };
}

/** A form with one JAR in it. */
export const jarForm = (content: Uint8Array | string, fileName = 'plugin.jar'): { headers: Record<string, string>; body: Buffer } => formOf([{ fileName, type: 'application/java-archive', content }]);

/** Bundles the thread that inspects modules, as the build does: tests that run from the sources need it as it is now. */
export async function buildInspector(): Promise<void> {
  const folder = path.join(projectRoot, 'dist', 'server');
  const part = path.join(folder, `module-inspector.${process.pid}.part.mjs`);
  await mkdir(folder, { recursive: true });
  await build({ absWorkingDir: projectRoot, entryPoints: ['lib/plugins/inspect/thread.ts'], outfile: part, bundle: true, packages: 'external', platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' });
  await rename(part, path.join(folder, 'module-inspector.mjs'));
  await rm(`${part}.map`, { force: true });
}
