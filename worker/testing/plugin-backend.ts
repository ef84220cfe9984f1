import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { currentSigner } from '@/lib/crypto/keyring';
import { sealRecord } from '@/lib/crypto/record';
import { signBytes } from '@/lib/crypto/sign';
import { providerStatement, referenceStatement } from '@/lib/crypto/statement';
import { newRevision } from '@/lib/ids';
import { projectRoot } from '@/server/root';
import type { Secret, TestCluster } from './cluster';

export const hostJar = path.join(projectRoot, 'plugins/host/target/secret-store-plugin-host.jar');
const fileStore = path.join(projectRoot, 'plugins/contract-tests/target/jars/file-store.jar');
const factory = 'com.example.filestore.FileStoreFactory';

export interface PluginProvider {
  id: string;
  moduleSha256: string;
}

export interface EntrySecret extends Secret {
  key: string;
  providerKey: string;
  providerId: string;
}

/** A folder that is a file-backed plugin's backend, and what the control plane would store for its secrets, done by hand. */
export class PluginBackend {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-backend-'));

  constructor(readonly cluster: TestCluster) {
    chmodSync(this.folder, 0o755);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The entry has this value and a version of its own from now on, as after a change in the vault itself. */
  write(providerKey: string, value: string): void {
    writeFileSync(path.join(this.folder, providerKey), `${randomUUID()}\n${value}`, { mode: 0o644 });
  }

  remove(providerKey: string): void {
    rmSync(path.join(this.folder, providerKey));
  }

  async module(bytes: Buffer = readFileSync(fileStore)): Promise<string> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await this.cluster.db.query('INSERT INTO modules (sha256, file_name, size) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [sha256, 'file-store.jar', bytes.length]);
    // Two rows at least, as a large one has.
    const half = Math.ceil(bytes.length / 2);
    for (const part of [0, 1]) {
      await this.cluster.db.query('INSERT INTO module_chunks (sha256, part, content) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [sha256, part, bytes.subarray(part * half, (part + 1) * half)]);
    }
    return sha256;
  }

  async provider(configuration: Record<string, string> = {}, moduleSha256?: string): Promise<PluginProvider> {
    const id = randomUUID();
    await this.cluster.db.query(`INSERT INTO providers (id, kind, name, name_key, factory_class_name) VALUES ($1, 'plugin', $2, $2, $3)`, [id, `vault-${id.slice(0, 8)}`, factory]);
    const provider = { id, moduleSha256: moduleSha256 ?? (await this.module()) };
    await this.save(provider, configuration);
    return provider;
  }

  /** Stores and signs what a provider runs. */
  async save({ id, moduleSha256 }: PluginProvider, configuration: Record<string, string> = {}): Promise<void> {
    const { db, keyring } = this.cluster;
    const settings = { readablePaths: [this.folder], callTimeoutSeconds: 10 };
    const signature = signBytes(currentSigner(keyring), providerStatement(keyring.id, { providerId: id, moduleSha256, factoryClassName: factory, settings }));
    const sealed = sealRecord(keyring, id, Buffer.from(JSON.stringify({ folder: this.folder, ...configuration })));
    await db.query('UPDATE providers SET module_sha256 = $2, settings = $3, signature = $4, configuration = $5, factory_class_name = $6 WHERE id = $1', [id, moduleSha256, JSON.stringify(settings), signature, sealed, factory]);
  }

  async secret(algorithmId: string, key: string, providerId: string, value: string): Promise<EntrySecret> {
    const [id, versionId, providerKey] = [randomUUID(), randomUUID(), randomUUID()];
    this.write(providerKey, value);
    const secret = { id, version: 1, versionId, key, providerKey, providerId };
    await this.cluster.db.query(
      `WITH version AS (INSERT INTO secret_versions (id, secret_id, version, provider_key, reference) VALUES ($2, $1, 1, $3, $4))
       INSERT INTO secrets (id, algorithm_id, secret_key, live_key, short_name, provider_id, version, current_version_id, revision) VALUES ($1, $5, $6, $6, $6, $7, 1, $2, $8)`,
      [id, versionId, providerKey, this.reference(algorithmId, secret), algorithmId, key, providerId, newRevision()],
    );
    await this.cluster.announce(algorithmId);
    return secret;
  }

  /** A new version with the value that the entry has, as after an update through the product. */
  async update(algorithmId: string, before: EntrySecret, value: string): Promise<EntrySecret> {
    this.write(before.providerKey, value);
    const secret = { ...before, version: before.version + 1, versionId: randomUUID() };
    await this.cluster.db.query(
      `WITH version AS (INSERT INTO secret_versions (id, secret_id, version, provider_key, reference) VALUES ($2, $1, $3, $4, $5))
       UPDATE secrets SET version = $3, current_version_id = $2, revision = $6 WHERE id = $1`,
      [secret.id, secret.versionId, secret.version, secret.providerKey, this.reference(algorithmId, secret), newRevision()],
    );
    await this.cluster.announce(algorithmId);
    return secret;
  }

  reference(algorithmId: string, { id, key, version, providerId, providerKey }: EntrySecret): Buffer {
    const { keyring } = this.cluster;
    return signBytes(currentSigner(keyring), referenceStatement(keyring.id, { algorithmId, secretId: id, secretKey: key, version, providerId, providerKey }));
  }
}
