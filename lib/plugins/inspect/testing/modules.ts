import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { factoryInterface } from '../limits';
import { inspectJar, type Inspection } from '../inspect';
import { classBytes, type ClassOptions } from './class-bytes';
import { zipBytes, type Ending, type Part } from './zip-bytes';

export const factory = (options: Partial<ClassOptions> = {}): Buffer => classBytes({ name: 'com/example/Factory', interfaces: [factoryInterface], ...options });

export const manifest = (...lines: string[]): Part => ({ name: 'META-INF/MANIFEST.MF', content: ['Manifest-Version: 1.0', ...lines, '', ''].join('\r\n') });

/** A module that is as it should be, with more parts behind. */
export const goodParts = (...more: Part[]): Part[] => [manifest(), { name: 'com/example/Factory.class', content: factory() }, ...more];

export const moduleBytes = (more: Part[] = [], ending?: Ending): Buffer => zipBytes(goodParts(...more), ending);

/** Inspects these bytes as a file. */
export async function inspectBytes(bytes: Buffer, options?: { factory?: string }): Promise<Inspection> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-inspect-'));
  const file = path.join(folder, 'module.jar');
  writeFileSync(file, bytes);
  const descriptor = openSync(file, 'r');
  try {
    return await inspectJar(descriptor, bytes.length, options);
  } finally {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  }
}
