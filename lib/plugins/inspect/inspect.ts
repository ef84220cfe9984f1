import { createHash } from 'node:crypto';
import { ClassesFound } from './classes';
import { locateEntries, readEntry, type LocatedEntry } from './content';
import { readDirectory } from './directory';
import { Factories, type Classes, type FactoryCandidate } from './factories';
import { FileWindow } from './file-window';
import { keepsDeletedEntries, keepsDeletedNote } from './keeps-deleted';
import { javaRelease, sdkPrefix } from './limits';
import { readManifest, type Manifest } from './manifest';
import { ModuleRefused, shown } from './refusal';

/** What is known of a module without loading it. */
export interface Inspection {
  /** Bytes. */
  size: number;
  /** In hexadecimal. */
  sha256: string;
  /** From the manifest; empty where it says nothing. */
  title: string;
  version: string;
  multiRelease: boolean;
  /** What an admin should know, in sentences. */
  notes: string[];
  candidates: FactoryCandidate[];
  /** How many classes it has. */
  classes: number;
  /** The newest Java release that one of them was compiled for: 8, 17. */
  javaVersion: number;
  /** Whether it brings the SDK's own classes. */
  sdkBundled: boolean;
}

const manifestName = 'META-INF/MANIFEST.MF';

/**
 * Inspects a JAR in an open file without loading or extracting it: every entry is unpacked in memory, held to its own
 * size and checksum, and let go. Throws ModuleRefused for what is no module and, when `factory` is given, for a module
 * that has no such usable class. Blocks: `inspectModule` runs it in a thread.
 */
export async function inspectJar(descriptor: number, size: number, options: { factory?: string } = {}): Promise<Inspection> {
  const file = new FileWindow(descriptor, size);
  const directory = await readDirectory(file);
  const { entries, gaps } = locateEntries(directory);
  const found = new ClassesFound();
  let manifest: Manifest | undefined;
  for (const entry of entries) {
    const bytes = readEntry(file, entry);
    if (entry.name.endsWith('.class')) found.add(entry, bytes);
    else if (entry.name.toUpperCase() === manifestName) {
      if (manifest) throw new ModuleRefused('manifest', 'The archive has two manifests, and two readers would see two modules. Build the JAR again.', shown(entry.name));
      manifest = readManifest(bytes);
    }
  }
  const multiRelease = manifest?.multiRelease ?? false;
  const classes = found.forRelease(multiRelease ? javaRelease : 0, (entry) => Buffer.from(readEntry(file, entry)));
  const factories = new Factories(classes);
  const candidates = factories.candidates(options.factory);
  if (options.factory !== undefined) factories.demand(options.factory, candidates);
  return {
    size,
    sha256: hashOf(file),
    title: manifest?.title ?? '',
    version: manifest?.version ?? '',
    multiRelease,
    notes: notesOf({ manifest, gaps, damaged: classes.damaged.size, entries, candidates }),
    candidates,
    ...summaryOf(classes.heads),
  };
}

function summaryOf(heads: Classes['heads']): Pick<Inspection, 'classes' | 'javaVersion' | 'sdkBundled'> {
  let [classes, newest, sdkBundled] = [0, 0, false];
  for (const [name, { major }] of heads) {
    // Only read by those who put modules of Java together.
    if (name === 'module-info' || name.endsWith('/module-info')) continue;
    classes++;
    newest = Math.max(newest, major);
    sdkBundled ||= name.startsWith(sdkPrefix);
  }
  return { classes, javaVersion: classes === 0 ? 0 : newest - 44, sdkBundled };
}

function hashOf(file: FileWindow): string {
  const hash = createHash('sha256');
  const step = 256 * 1024;
  for (let at = 0; at < file.size; at += step) hash.update(file.view(at, Math.min(step, file.size - at)));
  return hash.digest('hex');
}

function notesOf({ manifest, gaps, damaged, entries, candidates }: { manifest: Manifest | undefined; gaps: boolean; damaged: number; entries: LocatedEntry[]; candidates: FactoryCandidate[] }): string[] {
  const notes: string[] = [];
  if (!manifest) notes.push('It has no manifest.');
  if (manifest && manifest.classPath.length > 0) notes.push(`Its manifest’s Class-Path names ${manifest.classPath.slice(0, 3).map(shown).join(', ')}${manifest.classPath.length > 3 ? ' and more' : ''}: ignored, only what is in the JAR is used.`);
  if (entries.some(({ name }) => /^META-INF\/[^/]+\.SF$/i.test(name))) notes.push('It is signed; the signature is not checked.');
  if (gaps) notes.push('It has unused bytes between its entries: ignored.');
  if (damaged > 0) notes.push(`${damaged === 1 ? 'A file that ends in .class is' : `${damaged} files that end in .class are`} no class: ignored.`);
  if (entries.some(({ name }) => name.endsWith('.jar'))) notes.push('It has JARs inside, which Java does not look into.');
  if (keepsDeletedEntries(entries)) notes.push(keepsDeletedNote);
  if (!candidates.some(({ usable }) => usable)) notes.push('It has no usable factory class.');
  return notes;
}
