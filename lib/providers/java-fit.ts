import type { Inspection } from '@/lib/plugins/inspect/inspect';
import { machine } from '@/lib/providers/hosts';
import type { ProviderView } from '@/lib/schemas/provider';

/** What of a module says which Java it needs. */
type Built = Pick<Inspection, 'candidates'> & Partial<Pick<Inspection, 'javaVersion'>>;

/** The Java that this server runs plugins with; undefined where there is none. */
async function serverJava(): Promise<{ version: string; major: number } | undefined> {
  return machine().then(
    ({ java }) => java,
    () => undefined,
  );
}

/**
 * Why a module cannot run with the Java of this server, with what to do about it; empty when it can, and when there is no Java
 * to hold it against. `factory`: the class that its provider names; without one, no factory of the module may be usable.
 */
export async function javaProblem({ candidates, javaVersion = 0 }: Built, factory?: string): Promise<string> {
  const java = await serverJava();
  if (!java) return '';
  const meant = candidates.filter(({ usable, className }) => usable && (factory === undefined || className === factory));
  const needed = Math.min(...meant.map((candidate) => candidate.javaVersion));
  if (meant.length > 0 && needed > java.major) {
    return `It was built for Java ${needed}, and this server runs plugins with Java ${java.version}: it can’t be started. Install Java ${needed} or later on the server and on the workers and name it in SECRET_STORE_JAVA, or have the module built for Java ${java.major} or earlier.`;
  }
  if (javaVersion > java.major) {
    return `Some of its classes were built for Java ${javaVersion}, and this server runs plugins with Java ${java.version}: it fails where it needs one of them. Test it before you rely on it.`;
  }
  return '';
}

/** A provider as it is answered after its module was chosen: one that cannot run here says so at once. */
export async function withJavaProblem(view: ProviderView, built: Built): Promise<ProviderView> {
  const message = await javaProblem({ candidates: built.candidates }, view.factoryClassName);
  return message === '' ? view : { ...view, status: { state: 'failing', message: `The module of ${view.name} does not fit. ${message}`, since: view.modified } };
}
