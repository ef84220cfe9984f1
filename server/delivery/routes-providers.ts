import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { EnvelopeError } from '@/lib/crypto/errors';
import { currentSigner, keyringVerifyKeys } from '@/lib/crypto/keyring';
import { importBoxPublicKey } from '@/lib/crypto/keys';
import { openRecord } from '@/lib/crypto/record';
import { sealTo } from '@/lib/crypto/sealed-box';
import { signBytes } from '@/lib/crypto/sign';
import { isSignedBy, providerConfigurationContext, providerDeliveryStatement, providerStatement } from '@/lib/crypto/statement';
import { ApiError } from '@/lib/errors';
import { log } from '@/lib/log';
import { uuid, type ProviderAnswer } from '@/lib/schemas/delivery';
import { actorOf, callingWorker, type DeliveryContext } from './context';
import { parseBody } from './http';
import { findProvider, isModuleUsed, readModule, type ProviderRow } from './store-providers';
import { recordEvent, type WorkerRow } from './store-workers';

const providerPath = z.object({ id: uuid });
const modulePath = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in lower-case hex') });

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

/** A provider that was not saved by this server. Workers take it for tampering, by the status. */
function planted(row: ProviderRow, cause: string): ApiError {
  log.error({ providerId: row.id, cause }, 'a provider in the database was not saved by this server');
  return new ApiError('InvalidRequest', `What ${row.name} runs was not saved by this server. An administrator has to look at its module, factory and settings, and save it again.`);
}

/** The provider's configuration passes through here in clear, for as long as sealing it to the worker takes. */
function seal({ keyring }: DeliveryContext, row: ProviderRow, worker: WorkerRow): Buffer {
  let configuration: Buffer;
  try {
    configuration = row.configuration ? openRecord(keyring, row.id, row.configuration) : Buffer.from('{}');
  } catch (error) {
    if (error instanceof EnvelopeError) throw planted(row, 'its configuration does not open');
    throw error;
  }
  try {
    return sealTo({
      recipientPublicKey: importBoxPublicKey(worker.boxKey),
      info: 'provider-configuration',
      aad: providerConfigurationContext(keyring.id, worker.id, row.id),
      plaintext: configuration,
    });
  } finally {
    configuration.fill(0);
  }
}

/** What a worker runs a provider's plugin with. */
export function providerRoutes(app: FastifyInstance, context: DeliveryContext): void {
  const { keyring, store } = context;
  const trusted = keyringVerifyKeys(keyring).map(({ raw }) => raw);

  app.get('/worker/v1/providers/:id', async (request): Promise<ProviderAnswer> => {
    const { id } = parseBody(providerPath, request.params);
    const worker = await callingWorker(context, request, { approved: true });
    const row = await findProvider(store.pool, id.toLowerCase());
    if (!row || row.kind === 'internal') throw new ApiError('SecretProviderNotFound', 'There is no provider with a plugin of this id.');
    const { name, revision, moduleSha256, factoryClassName, signature } = row;
    if (moduleSha256 === null) throw new ApiError('InUse', `${name} waits for its module. An administrator has to upload its JAR.`);
    const settings = z.record(z.string(), z.unknown()).parse(row.settings);
    const runs = providerStatement(keyring.id, { providerId: row.id, moduleSha256, factoryClassName, settings });
    if (!signature || !isSignedBy(runs, signature, trusted)) throw planted(row, 'it is not signed');
    const configuration = seal(context, row, worker);
    await recordEvent(store.pool, { action: 'provider.deliver', actor: actorOf(request, worker), object: { id: row.id, name }, details: { revision, module: moduleSha256 } });
    const delivery = signBytes(currentSigner(keyring), providerDeliveryStatement(keyring.id, worker.id, { providerId: row.id, revision, configuration }));
    return { id: row.id, name, revision, moduleSha256, factoryClassName, settings, signature: text(signature), configuration: text(configuration), delivery: text(delivery) };
  });

  app.get('/worker/v1/modules/:sha256', async (request, reply) => {
    const { sha256 } = parseBody(modulePath, request.params);
    await callingWorker(context, request, { approved: true });
    if (!(await isModuleUsed(store.pool, sha256))) throw new ApiError('PathNotFound', 'No provider runs a module of this hash.');
    return reply.header('Content-Type', 'application/java-archive').send(Readable.from(readModule(store.pool, sha256)));
  });
}
