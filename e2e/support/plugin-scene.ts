import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { makePerson, startApi, type Person, type TestApi } from '@/e2e/support/api';
import type { Answer } from '@/e2e/support/http';
import { buildInspector, jarForm } from '@/e2e/support/upload';
import { moduleOf, type JarName } from '@/lib/plugins/host/testing/clients';
import { stopHosts } from '@/lib/providers/hosts';
import type { ProviderView } from '@/lib/schemas/provider';

/** A user that owns nothing else: what a plugin may write to belongs to one. */
const folderOwner = 61_234;

/** The API with an algorithm on it, and providers that run real JARs in real JVMs. */
export class PluginScene {
  private readonly folders: string[] = [];
  private count = 0;

  private constructor(
    readonly api: TestApi,
    readonly ana: Person,
    readonly algorithm: string,
  ) {}

  static async start(): Promise<PluginScene> {
    await buildInspector();
    const api = await startApi();
    const ana = await makePerson('ana');
    const made = (await api.call('POST', '/v1/algorithms/ana', { as: ana, body: { name: 'main' } })).json();
    return new PluginScene(api, ana, String(made.id));
  }

  async end(): Promise<void> {
    await stopHosts();
    await this.api.close();
    await Promise.all(this.folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }

  /** A folder that a plugin may write to. */
  folder(): string {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-plugin-'));
    if (process.getuid?.() === 0) chownSync(folder, folderOwner, folderOwner);
    chmodSync(folder, 0o700);
    this.folders.push(folder);
    return folder;
  }

  /** What a file-backed provider has in its folder: key to value, without the versions. */
  entries(folder: string): Record<string, string> {
    return Object.fromEntries(readdirSync(folder).map((key) => [key, readFileSync(path.join(folder, key), 'utf8').replace(/^[^\n]*\n/, '')]));
  }

  upload(id: string, name: JarName): Promise<Answer> {
    return this.api.call('POST', `/v1/admin/plugins/secret-provider/${id}`, { as: this.api.admin, ...jarForm(readFileSync(moduleOf(name).jar), `${name}.jar`) });
  }

  /** A provider with its module, as the seed's two commands make one. */
  async provider(name: JarName, configuration: Record<string, string>, more: Record<string, unknown> = {}): Promise<ProviderView & { request: Record<string, unknown> }> {
    const request = { name: `${name} ${++this.count}`, factoryClassName: moduleOf(name).factory, configuration, ...more };
    const made = await this.api.call('POST', '/v1/admin/secret-provider', { as: this.api.admin, body: request });
    if (made.status !== 200) throw new Error(made.text);
    const uploaded = await this.upload(String(made.json().id), name);
    if (uploaded.status !== 200) throw new Error(uploaded.text);
    return { ...uploaded.json<ProviderView>(), request };
  }

  /** One that keeps values in files of a folder. */
  async fileStore(configuration: Record<string, string> = {}, settings: Record<string, unknown> = {}) {
    const folder = this.folder();
    const provider = await this.provider('file-store', { folder, ...configuration }, { settings: { writablePaths: [folder], callTimeoutSeconds: 10, ...settings } });
    return { ...provider, folder };
  }

  secretsPath(algorithm = this.algorithm): string {
    return `/v1/algorithms/${algorithm}/secrets`;
  }

  create(providerId: string, more: Record<string, unknown> = {}, algorithm = this.algorithm, as: Person = this.ana): Promise<Answer> {
    return this.api.call('POST', this.secretsPath(algorithm), { as, body: { short_name: 'n', secret_key: `KEY_${++this.count}`, secret_value: `value ${this.count}`, provider_id: providerId, ...more } });
  }

  /** Makes a secret of an entry that the provider has already. */
  link(providerId: string, providerKey: string, algorithm = this.algorithm, as: Person = this.api.admin): Promise<Answer> {
    return this.create(providerId, { secret_value: undefined, provider_key: providerKey }, algorithm, as);
  }

  edit(secretId: string, body: Record<string, unknown>): Promise<Answer> {
    return this.api.call('PUT', `${this.secretsPath()}/${secretId}`, { as: this.ana, body: { short_name: 'n', ...body } });
  }

  remove(secretId: string, query = ''): Promise<Answer> {
    return this.api.call('DELETE', `${this.secretsPath()}/${secretId}${query}`, { as: this.ana });
  }

  /** The actions and outcomes of the audit about a thing, in order. */
  async eventsOf(objectId: string): Promise<string[]> {
    const rows = await this.api.query<{ action: string; outcome: string }>('SELECT action, outcome FROM audit_events WHERE object_id = $1 ORDER BY id', [objectId]);
    return rows.map(({ action, outcome }) => `${action} ${outcome}`);
  }

  intents(): Promise<{ kind: string; provider_key: string | null }[]> {
    return this.api.query('SELECT kind, provider_key FROM secret_intents');
  }
}
