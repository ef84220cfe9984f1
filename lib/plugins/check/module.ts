import { open } from 'node:fs/promises';
import { inspectJar, type Inspection } from '../inspect/inspect';
import { ModuleRefused } from '../inspect/refusal';
import type { Result } from './guarantee';

const archive = { id: 'module', group: 'Module', title: 'The JAR can be uploaded as a module (it is not loaded for this)' } as const;
const factory = { id: 'factory', group: 'Module', title: 'Its factory is a public class that can be made without arguments' } as const;

export interface InspectedModule {
  results: Result[];
  inspection?: Inspection;
  /** the factory to use, where there is a usable one */
  factory?: string;
}

/**
 * Looks at a JAR as an upload does. Without a named factory, the only one that it has is taken.
 * Rejects where the file cannot be read.
 */
export async function inspectForCheck(jar: string, named: string | undefined): Promise<InspectedModule> {
  const file = await open(jar, 'r');
  const began = performance.now();
  const ms = () => performance.now() - began;
  try {
    const { size } = await file.stat();
    let inspection: Inspection;
    try {
      inspection = await inspectJar(file.fd, size);
    } catch (error) {
      if (!(error instanceof ModuleRefused)) throw error;
      return {
        results: [
          { ...archive, status: 'failed', ms: ms(), seen: error.message, cure: 'Build the JAR again with maven-shade-plugin, as plugins/template does.' },
          { ...factory, status: 'not-applicable', ms: 0, seen: 'The JAR cannot be read.' },
        ],
      };
    }
    const readable: Result = { ...archive, status: 'passed', ms: ms(), ...(inspection.notes.length > 0 && { seen: inspection.notes.join(' ') }) };
    const chosen = choose(inspection, named);
    if ('name' in chosen) return { inspection, factory: chosen.name, results: [readable, { ...factory, status: 'passed', ms: 0, seen: chosen.seen }] };
    return { inspection, results: [readable, { ...factory, status: 'failed', ms: 0, ...chosen }] };
  } finally {
    await file.close();
  }
}

function choose({ candidates }: Inspection, named: string | undefined): { name: string; seen: string } | { seen: string; cure: string } {
  const usable = candidates.filter(({ usable: isUsable }) => isUsable);
  const found = named === undefined ? (usable.length === 1 ? usable[0] : undefined) : candidates.find(({ className }) => className === named);
  const names = usable.map(({ className }) => className).slice(0, 5).join(', ');
  const cure = usable.length > 0 ? `Name one with --factory: ${names}.` : 'A factory is a public class, not abstract, with a public constructor without arguments, that implements com.algorithmia.sdk.plugin.secrets.SecretProviderFactory.';
  if (found?.usable) {
    const keys = found.configurationKeys.length > 0 ? `, reads ${found.configurationKeys.join(', ')}` : '';
    return { name: found.className, seen: `${found.className}, built for Java ${found.javaVersion}${keys}` };
  }
  if (found) return { seen: `${found.className} ${found.reason ?? 'cannot be used'}.`, cure };
  if (named !== undefined) return { seen: `${named.slice(0, 200)} is not in the JAR, or does not implement SecretProviderFactory.`, cure };
  return { seen: usable.length === 0 ? 'The JAR has no usable factory.' : `The JAR has ${usable.length} factories, and none was named.`, cure };
}
