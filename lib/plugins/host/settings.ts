/** What an operator can set for the process of a provider: for all of them, and for each. Times are in milliseconds. */
export interface HostSettings {
  /** largest Java heap, in MiB */
  heapMb: number;
  /** further options of the JVM; see jvmOptionProblem */
  jvmOptions: string[];
  /** `host:port` of a proxy for HTTP and HTTPS */
  proxy?: string;
  /** hosts that are reached without it; `*` at either end stands for anything */
  noProxy: string[];
  /** certificates in PEM that are trusted in addition to Java's own */
  caPem?: string;
  /** time-outs of sockets, for plugins that have none of their own */
  connectTimeoutMs: number;
  readTimeoutMs: number;
  /** longest that a call into the plugin may take */
  callTimeoutMs: number;
  /** longest that the process may take until it answers, and until it has loaded the module */
  startTimeoutMs: number;
  /** a process that was asked nothing for so long is ended; the next call starts it again */
  idleMs: number;
  /** so many calls that do not let go of their thread end the process */
  stuckCalls: number;
  /** login host of a sovereign cloud, for Azure's libraries */
  azureAuthorityHost?: string;
  /** files and folders that the plugin may read besides its own, where its process is contained */
  readablePaths: string[];
  /** the same, to write to; one that belongs to another user than root makes that user the plugin's */
  writablePaths: string[];
}

/** Azure's libraries give up after 78 seconds at worst, so a call has 90. */
export const defaultSettings: HostSettings = {
  heapMb: 64,
  jvmOptions: [],
  noProxy: [],
  connectTimeoutMs: 10_000,
  readTimeoutMs: 30_000,
  callTimeoutMs: 90_000,
  startTimeoutMs: 30_000,
  idleMs: 300_000,
  stuckCalls: 8,
  readablePaths: [],
  writablePaths: [],
};

/** Later layers win over earlier ones, and all over the defaults; what is undefined in a layer is not set by it. */
export function layered(...layers: (Partial<HostSettings> | undefined)[]): HostSettings {
  const settings = { ...defaultSettings };
  for (const layer of layers) {
    Object.assign(settings, Object.fromEntries(Object.entries(layer ?? {}).filter(([, value]) => value !== undefined)));
  }
  return settings;
}

const allowedOptions = [
  /^-Xss\d{1,6}[kKmM]$/,
  /^-Xms\d{1,5}[kKmMgG]$/,
  /^-XX:(MaxMetaspaceSize|MaxDirectMemorySize|ReservedCodeCacheSize|CompressedClassSpaceSize)=\d{1,6}[kKmMgG]$/,
  /^-XX:\+Use(Serial|Parallel|G1)GC$/,
  /^-XX:TieredStopAtLevel=[1-4]$/,
  /^-XX:ActiveProcessorCount=\d{1,3}$/,
  /^--add-opens=[\w.]+\/[\w.]+=ALL-UNNAMED$/,
  /^--add-exports=[\w.]+\/[\w.]+=ALL-UNNAMED$/,
];

/** Properties that would undo what the host relies on, open a port to the process, or load code into it. */
const reservedProperties =
  /^(java\.(class\.path|home|io\.tmpdir|library\.path|system\.class\.loader|security\.manager|security\.policy|rmi\..*)|user\.(dir|home)|file\.encoding|(std(out|err)|native|sun\.(jnu|stdout|stderr))\.encoding|com\.sun\.management\..*|sun\.(boot|management|misc)\..*|jdk\.(attach|module|internal)\..*)$/;

/** Why a JVM option is not allowed, as a sentence; undefined when it is. */
export function jvmOptionProblem(option: string): string | undefined {
  const property = /^-D([A-Za-z][\w.-]{0,199})(=\P{Cc}{0,2000})?$/u.exec(option)?.[1];
  if (property !== undefined) {
    return reservedProperties.test(property) ? `The property ${property} is set by Secret Store itself.` : undefined;
  }
  if (option.startsWith('-Xmx')) return 'The largest heap has a setting of its own.';
  if (allowedOptions.some((allowed) => allowed.test(option))) return undefined;
  return 'Allowed are -Dname=value, -Xss, -Xms, --add-opens and --add-exports to ALL-UNNAMED, sizes of metaspace, direct memory and code cache, the collector, TieredStopAtLevel and ActiveProcessorCount.';
}

/** A proxy's host and port, or undefined when the text is not `host:port`, in brackets for IPv6. */
export function parseProxy(text: string): { host: string; port: number } | undefined {
  const parts = /^(?:http:\/\/)?(\[[\da-fA-F:.]+\]|[A-Za-z\d][A-Za-z\d.-]{0,252}):(\d{1,5})\/?$/.exec(text);
  const port = Number(parts?.[2]);
  if (parts?.[1] === undefined || port < 1 || port > 65_535) return undefined;
  return { host: parts[1].replace(/^\[|\]$/g, ''), port };
}
