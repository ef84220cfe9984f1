import { ModuleRefused, shown } from './refusal';

export interface Manifest {
  title: string;
  version: string;
  multiRelease: boolean;
  /** The entries of Class-Path, which nobody follows. */
  classPath: string[];
}

/**
 * The main section of a manifest, as the JAR specification writes it: lines of at most 72 bytes, a leading space going on
 * with the line before, the first blank line ending the section. Throws ModuleRefused for a Class-Path that leads elsewhere.
 */
export function readManifest(bytes: Buffer): Manifest {
  const attributes = mainAttributes(bytes);
  const first = (...names: string[]) => names.map((name) => attributes.get(name)?.at(-1)?.trim() ?? '').find((value) => value !== '') ?? '';
  const classPath = (attributes.get('class-path') ?? []).flatMap((value) => value.split(/\s+/)).filter((entry) => entry !== '');
  for (const entry of classPath) checkClassPath(entry);
  return {
    title: shown(first('implementation-title', 'bundle-name', 'specification-title')),
    version: shown(first('implementation-version', 'bundle-version', 'specification-version')),
    multiRelease: first('multi-release').toLowerCase() === 'true',
    classPath,
  };
}

/** Values by lower-case name; a name that is there several times keeps them all, since readers differ on which one counts. */
function mainAttributes(bytes: Buffer): Map<string, string[]> {
  // Continuation lines may cut a character in two: they are joined before the text is decoded.
  const joined = bytes.toString('latin1').replace(/(?:\r\n|\n|\r) /g, '');
  const attributes = new Map<string, string[]>();
  for (const line of joined.split(/\r\n|\n|\r/)) {
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon <= 0) throw new ModuleRefused('manifest', 'META-INF/MANIFEST.MF has a line that is no "Name: value". Build the JAR with a current tool.', 'META-INF/MANIFEST.MF');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = Buffer.from(line.slice(colon + 1).replace(/^ /, ''), 'latin1').toString('utf8');
    attributes.set(name, [...(attributes.get(name) ?? []), value]);
  }
  return attributes;
}

function checkClassPath(entry: string): void {
  const refuse = (what: string): never => {
    throw new ModuleRefused('class-path', `The manifest's Class-Path names ${shown(entry)}, ${what}. Build one JAR that holds all it needs (a fat JAR), without it.`, 'META-INF/MANIFEST.MF');
  };
  let plain = entry;
  try {
    plain = decodeURIComponent(entry);
  } catch {
    refuse('which is no path');
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(plain)) refuse('a URL');
  if (/^[/\\]/.test(plain)) refuse('an absolute path');
  if (plain.split(/[/\\]/).includes('..')) refuse('which leads out by ".."');
}
