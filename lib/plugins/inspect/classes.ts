import { readClass, type ClassHead } from './class-file';
import type { LocatedEntry } from './content';
import type { Classes } from './factories';
import { ModuleRefused } from './refusal';

interface Version {
  /** The Java release from which on it counts; 0 where it always does. */
  release: number;
  head: ClassHead;
  entry: LocatedEntry;
}

const versioned = /^META-INF\/versions\/(\d{1,4})\/(.+)$/;

/** All that is kept of an archive's classes, in characters: the largest real modules have a tenth of it. */
const maxNames = 32 * 1024 * 1024;

/** The classes of an archive as they come by: their heads are kept, their bytes are not. */
export class ClassesFound {
  private readonly versions = new Map<string, Version[]>();
  private readonly damaged = new Set<string>();
  private kept = 0;

  add(entry: LocatedEntry, bytes: Buffer): void {
    const [, release = '0', rest = entry.name] = versioned.exec(entry.name) ?? [];
    const name = rest.slice(0, -'.class'.length);
    const head = readClass(bytes)?.head;
    if (!head) {
      this.damaged.add(name);
      return;
    }
    this.kept += [name, head.name, head.superName, ...head.interfaces].reduce((sum, each) => sum + each.length, 0);
    if (this.kept > maxNames) throw new ModuleRefused('too-many-entries', 'The names of its classes take more than 32 MB, as no real plugin’s do. Build the JAR again.');
    const version = { release: Number(release), head, entry };
    const others = this.versions.get(name);
    if (others) others.push(version);
    else this.versions.set(name, [version]);
  }

  /** The classes that this release of Java would take; 0 for an archive that is not multi-release. */
  forRelease(newest: number, read: (entry: LocatedEntry) => Buffer): Classes {
    const heads = new Map<string, ClassHead>();
    const places = new Map<string, LocatedEntry>();
    for (const [name, versions] of this.versions) {
      const [best] = versions.filter(({ release }) => release <= newest).toSorted((a, b) => b.release - a.release);
      if (!best) continue;
      heads.set(name, best.head);
      places.set(name, best.entry);
    }
    const open = (name: string) => {
      const entry = places.get(name);
      return entry && readClass(read(entry));
    };
    return { heads, damaged: this.damaged, open };
  }
}
