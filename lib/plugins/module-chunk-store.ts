import { pool, prisma, type Transaction } from '@/lib/db';

/** Bytes of a module in one row: small enough for any driver, large enough that a fat JAR is 27 rows. */
export const moduleChunkBytes = 1024 * 1024;

export interface ModuleContent {
  sha256: string;
  fileName: string;
  size: number;
  /** In order; each at most `moduleChunkBytes`. */
  chunks: AsyncIterable<Uint8Array>;
}

/**
 * Stores a module's content under its hash. What is there under this hash already is written again, with the name that it came
 * with this time: should it have been changed in the database, uploading the JAR mends it.
 */
export async function putModule(tx: Transaction, { sha256, fileName, size, chunks }: ModuleContent): Promise<void> {
  await tx.module.upsert({ where: { sha256 }, create: { sha256, fileName, size }, update: { fileName, size, created: new Date() } });
  let part = 0;
  for await (const chunk of chunks) {
    const content = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    await tx.$executeRaw`INSERT INTO module_chunks (sha256, part, content) VALUES (${sha256}, ${part}, ${content}) ON CONFLICT (sha256, part) DO UPDATE SET content = EXCLUDED.content`;
    part++;
  }
  await tx.$executeRaw`DELETE FROM module_chunks WHERE sha256 = ${sha256} AND part >= ${part}`;
}

/** A module's content, a row at a time; nothing for a hash that is not stored. */
export async function* readModule(sha256: string): AsyncGenerator<Uint8Array> {
  for (let part = 0; ; part++) {
    const { rows } = await pool().query<{ content: Buffer }>({ name: 'module-chunk', text: 'SELECT content FROM module_chunks WHERE sha256 = $1 AND part = $2', values: [sha256, part] });
    const chunk = rows[0]?.content;
    if (!chunk) return;
    yield chunk;
  }
}

/** How long a module is kept that was uploaded for a provider that is not saved yet. */
const unusedKeptMs = 60 * 60 * 1000;

/** Removes what no provider uses or used: the modules of providers that were deleted, and of forms that were left. */
export async function deleteUnusedModules(tx: Transaction): Promise<void> {
  await tx.module.deleteMany({ where: { providers: { none: {} }, history: { none: {} }, created: { lt: new Date(Date.now() - unusedKeptMs) } } });
}

export async function findModule(sha256: string, tx?: Transaction): Promise<{ fileName: string; size: number } | null> {
  return (tx ?? prisma()).module.findUnique({ where: { sha256 }, select: { fileName: true, size: true } });
}

/** The hashes of all modules that are stored. */
export async function listModuleHashes(): Promise<string[]> {
  return (await prisma().module.findMany({ select: { sha256: true } })).map(({ sha256 }) => sha256);
}
