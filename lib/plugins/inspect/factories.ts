import { access, type ClassFile, type ClassHead } from './class-file';
import { configurationKeys } from './configuration-keys';
import { factoryInterface, sdkPrefix } from './limits';
import { ModuleRefused, shown } from './refusal';

/** A class that implements the factory interface. */
export interface FactoryCandidate {
  /** With dots, as an admin writes it. */
  className: string;
  usable: boolean;
  /** Why it cannot be used. */
  reason?: string;
  /** The Java release that it was compiled for: 8, 17. */
  javaVersion: number;
  /** Keys that it reads from its configuration, as far as constants show them. */
  configurationKeys: string[];
}

/** The classes of a module, each by the name that its place in the archive gives it. */
export interface Classes {
  heads: ReadonlyMap<string, ClassHead>;
  /** What stands where a class would stand, and is none. */
  damaged: ReadonlySet<string>;
  open(name: string): ClassFile | undefined;
}

const dotted = (name: string) => name.replaceAll('/', '.');

/** An archive can be full of them; a form cannot. */
const maxCandidates = 50;

/** What a module's classes are to the host: which of them are factories, and whether a named one is. */
export class Factories {
  private readonly known = new Map<string, boolean>([[factoryInterface, true]]);

  constructor(private readonly classes: Classes) {}

  /** The classes that could be meant as a factory, those that can be used first; the named one among them if it is one. */
  candidates(named = ''): FactoryCandidate[] {
    const found: FactoryCandidate[] = [];
    for (const name of new Set([named.replaceAll('.', '/'), ...this.classes.heads.keys()])) {
      if (!this.isImplementation(name)) continue;
      found.push(describe(name, this.classes));
      if (found.length === maxCandidates) break;
    }
    const order = (a: FactoryCandidate, b: FactoryCandidate) => Number(b.usable) - Number(a.usable) || (a.className < b.className ? -1 : 1);
    return found.toSorted(order);
  }

  /** Throws ModuleRefused unless the named class is a usable factory; the message names those that are. */
  demand(className: string, candidates: readonly FactoryCandidate[]): void {
    const fault = className.includes('/') ? 'is spelled with slashes' : this.faultOf(className.replaceAll('.', '/'));
    if (fault === undefined) return;
    const others = candidates.filter(({ usable }) => usable).map((each) => each.className);
    const cure =
      others.length === 0 ? 'The JAR has no usable factory: a public class with a public constructor without arguments that implements com.algorithmia.sdk.plugin.secrets.SecretProviderFactory.'
      : `Give the provider a factory that the JAR has: ${others.slice(0, 5).join(', ')}${others.length > 5 ? ` or ${others.length - 5} more` : ''}.`;
    throw new ModuleRefused('factory', `The factory ${shown(className)} ${fault}. ${cure}`);
  }

  private faultOf(name: string): string | undefined {
    const head = this.classes.heads.get(name);
    if (!head) return this.classes.damaged.has(name) ? 'is a damaged class file' : 'is not in the JAR';
    if ((head.access & access.interface) !== 0) return 'is an interface';
    return this.isImplementation(name) ? unusable(name, head, this.classes.open(name)) : 'does not implement SecretProviderFactory';
  }

  private isImplementation(name: string): boolean {
    const head = this.classes.heads.get(name);
    return head !== undefined && (head.access & access.interface) === 0 && !name.startsWith(sdkPrefix) && implementsFactory(name, this.classes, this.known);
  }
}

/** Through superclasses and interfaces; a circle of them, which Java refuses, implements nothing. */
function implementsFactory(name: string, classes: Classes, known: Map<string, boolean>): boolean {
  // An explicit stack: an archive can hold a chain of 65,534 superclasses.
  const stack = [name];
  const open = new Set<string>();
  while (stack.length > 0) {
    const at = stack.at(-1) as string;
    const head = classes.heads.get(at);
    if (known.has(at) || !head) {
      if (!known.has(at)) known.set(at, false);
      stack.pop();
      continue;
    }
    const parents = [head.superName, ...head.interfaces].filter((parent) => parent !== '');
    const unknown = open.has(at) ? [] : parents.filter((parent) => !known.has(parent) && !open.has(parent));
    open.add(at);
    if (unknown.length > 0) stack.push(...unknown);
    else {
      known.set(at, parents.some((parent) => known.get(parent) === true));
      stack.pop();
    }
  }
  return known.get(name) === true;
}

function describe(name: string, classes: Classes): FactoryCandidate {
  const head = classes.heads.get(name) as ClassHead;
  const reason = unusable(name, head, classes.open(name));
  return {
    className: shown(dotted(name)),
    usable: reason === undefined,
    ...(reason !== undefined && { reason }),
    javaVersion: head.major - 44,
    configurationKeys: reason === undefined ? configurationKeys(name, (wanted) => classes.open(wanted)) : [],
  };
}

function unusable(name: string, head: ClassHead, file: ClassFile | undefined): string | undefined {
  if (head.name !== name) return `calls itself ${shown(dotted(head.name))}, so Java does not find it where it stands`;
  if ((head.access & access.public) === 0) return 'is not public';
  if ((head.access & access.abstract) !== 0) return 'is abstract';
  const methods = methodsOf(file);
  if (!methods) return 'is a damaged class file';
  if (!methods.some((method) => method.name === '<init>' && method.descriptor === '()V' && (method.access & access.public) !== 0)) return 'has no public constructor without arguments';
  return undefined;
}

function methodsOf(file: ClassFile | undefined): ReturnType<ClassFile['methods']> | undefined {
  try {
    return file?.methods();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
