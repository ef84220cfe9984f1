import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '@/server/root';
import { probeContainment, type Containment } from '../../containment';
import type { Tier } from '../../containment-tiers';
import { findJava, type Java } from '../../java';
import { PluginClient, type PluginClientOptions } from '../plugin-client';
import type { HostEvent } from '../plugin-host';
import { layered, type HostSettings } from '../settings';

export const hostJar = path.join(projectRoot, 'plugins/host/target/secret-store-plugin-host.jar');
const jars = path.join(projectRoot, 'plugins/contract-tests/target/jars');

const factories = {
  'file-store': 'com.example.filestore.FileStoreFactory',
  hostile: 'com.example.hostile.HostileFactory',
  wrong: 'com.example.wrong.WrongFactory',
  faulty: 'com.example.faulty.FaultyFactory',
  'too-new': 'com.example.toonew.TooNewFactory',
  'missing-class': 'com.example.missing.MissingClassFactory',
  'old-sdk': 'com.example.old.OldSdkFactory',
  factories: 'com.example.factories.BaseFactory',
};

export type JarName = keyof typeof factories;

const hashes = new Map<string, string>();

export function moduleOf(name: JarName, factory = factories[name]): { jar: string; sha256: string; factory: string } {
  const jar = path.join(jars, `${name}.jar`);
  if (!existsSync(jar) || !existsSync(hostJar)) throw new Error('The plugins are not built: run npm run build with a JDK and Maven there');
  const sha256 = hashes.get(jar) ?? createHash('sha256').update(readFileSync(jar)).digest('hex');
  hashes.set(jar, sha256);
  return { jar, sha256, factory };
}

let java: Promise<Java> | undefined;
const containments = new Map<Tier, Promise<Containment>>();

export function testJava(): Promise<Java> {
  java ??= findJava({ ...(process.env.SECRET_STORE_JAVA ? { chosen: process.env.SECRET_STORE_JAVA } : {}), ...(process.env.PATH ? { path: process.env.PATH } : {}) });
  return java;
}

/** The strongest containment up to a tier; ask for its `tier` to know which one it is. */
export function testContainment(strongest: Tier): Promise<Containment> {
  const known = containments.get(strongest) ?? testJava().then((found) => probeContainment(found, strongest));
  containments.set(strongest, known);
  return known;
}

export interface TestClientOptions {
  settings?: Partial<HostSettings>;
  factory?: string;
  tier?: Tier;
  overrides?: Partial<PluginClientOptions>;
}

/** Clients of one test, and the folder that they work in; `end` stops and removes all. */
export class TestClients {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-hosts-test-'));
  readonly events: HostEvent[] = [];
  private readonly clients: PluginClient[] = [];

  async make(name: JarName, configuration: Record<string, string>, options: TestClientOptions = {}): Promise<PluginClient> {
    const client = new PluginClient({
      name,
      java: await testJava(),
      hostJar,
      module: moduleOf(name, options.factory),
      configuration,
      settings: layered({ callTimeoutMs: 10_000 }, options.settings),
      containment: await testContainment(options.tier ?? 'plain'),
      folder: path.join(this.folder, 'hosts'),
      onEvent: (event) => this.events.push(event),
      ...options.overrides,
    });
    this.clients.push(client);
    return client;
  }

  async end(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
