import path from 'node:path';
import { PluginError } from './plugin-error';
import { jvmOptionProblem, parseProxy, type HostSettings } from './settings';
import { trustStorePassword } from './trust-store';

/** What a plugin may take outside the heap: threads, libraries, compiled code. Azure's takes 90 MiB under load. */
const OUTSIDE_HEAP_MB = 256;
/** Of the limit that the system holds it to: reserved stacks count there, used or not. */
const DATA_OUTSIDE_HEAP_MB = 640;

/** What Java writes when it crashes, in the host's private folder; removed with it, since it may show values. */
export const errorFile = 'hs_err.log';

export interface MemoryBounds {
  /** resident, in bytes; past it the process is ended by us */
  residentBytes: number;
  /** writable, in bytes; past it the system refuses more */
  dataBytes: number;
}

export function memoryBounds(settings: HostSettings): MemoryBounds {
  const mib = 2 ** 20;
  return { residentBytes: (settings.heapMb + OUTSIDE_HEAP_MB) * mib, dataBytes: (settings.heapMb + DATA_OUTSIDE_HEAP_MB) * mib };
}

function proxyOptions({ proxy, noProxy }: HostSettings): string[] {
  if (!proxy) return [];
  const parsed = parseProxy(proxy);
  if (!parsed) throw new PluginError('configuration', 'The proxy is not of the form host:port.');
  return [
    // Azure's library looks at the system's proxies alone, and this makes the system's those that follow.
    '-Djava.net.useSystemProxies=true',
    `-Dhttp.proxyHost=${parsed.host}`,
    `-Dhttp.proxyPort=${parsed.port}`,
    `-Dhttps.proxyHost=${parsed.host}`,
    `-Dhttps.proxyPort=${parsed.port}`,
    ...(noProxy.length > 0 ? [`-Dhttp.nonProxyHosts=${noProxy.join('|')}`] : []),
  ];
}

/**
 * The host's command line, from Java's options on. Nothing in it is secret: anyone on the machine can read it.
 * Throws PluginError `configuration` for settings that are not allowed.
 * @param work the host's private folder
 */
export function jvmArguments(settings: HostSettings, places: { hostJar: string; work: string; trustStore?: string }): string[] {
  for (const option of settings.jvmOptions) {
    const problem = jvmOptionProblem(option);
    if (problem) throw new PluginError('configuration', `The JVM option ${option.slice(0, 60)} is not allowed. ${problem}`);
  }
  return [
    `-Xmx${settings.heapMb}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:+ExitOnOutOfMemoryError',
    '-XX:MaxDirectMemorySize=16m',
    '-XX:-UsePerfData',
    '-XX:+DisplayVMOutputToStderr',
    // A dump of its memory holds values.
    '-XX:-CreateCoredumpOnCrash',
    `-XX:ErrorFile=${path.join(places.work, errorFile)}`,
    '-Dfile.encoding=UTF-8',
    `-Djava.io.tmpdir=${places.work}`,
    // Else it is our own, with what libraries look for there: ~/.vault-token, ~/.azure.
    `-Duser.home=${places.work}`,
    `-Dsun.net.client.defaultConnectTimeout=${settings.connectTimeoutMs}`,
    `-Dsun.net.client.defaultReadTimeout=${settings.readTimeoutMs}`,
    ...(places.trustStore ? [`-Djavax.net.ssl.trustStore=${places.trustStore}`, `-Djavax.net.ssl.trustStorePassword=${trustStorePassword}`, '-Djavax.net.ssl.trustStoreType=PKCS12'] : []),
    ...proxyOptions(settings),
    // Last, so that an operator's choice wins; a second collector would be refused by Java.
    ...settings.jvmOptions.flatMap((option) => (/^-XX:\+Use\w+GC$/.test(option) ? ['-XX:-UseSerialGC', option] : [option])),
    '-jar',
    places.hostJar,
  ];
}

/** All of the host's environment. */
export function hostEnvironment({ azureAuthorityHost }: HostSettings): Record<string, string> {
  return { LANG: 'C.UTF-8', ...(azureAuthorityHost ? { AZURE_AUTHORITY_HOST: azureAuthorityHost } : {}) };
}
