import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { env } from '@/lib/env';
import { ApiError } from '@/lib/errors';
import { maxArrivalMs } from '@/lib/http/body';
import type { HttpRequest } from '@/lib/http/http-request';

/** What an operation takes that takes a file. */
export interface UploadRule {
  /** The form's field that the file is in. */
  field: string;
  /** The largest file. */
  maxBytes: number;
}

/** A file that was sent, on this server's disk until `remove` is called. */
export interface Upload {
  path: string;
  /** A plain name, whatever was sent: no folders, nothing that cannot be shown. */
  fileName: string;
  size: number;
  remove(): Promise<void>;
}

/** What a form has around its file: boundaries, and fields that nobody reads. */
const aroundBytes = 64 * 1024;
const staleMs = 60 * 60 * 1000;

const isFile = (_field: string | undefined, type: string | undefined, name: string | undefined) => name !== undefined || type === 'application/octet-stream';

/**
 * The one file of a `multipart/form-data` body, streamed to disk. Throws InputValidationError for a body without it or
 * with another file, RequestTooLarge without reading on, RequestTooSlow after 30 s; then nothing of it is left.
 */
export async function receiveUpload(request: HttpRequest, rule: UploadRule): Promise<Upload> {
  const form = parserFor(request, rule);
  const limit = rule.maxBytes + aroundBytes;
  const tooLarge = () => new ApiError('RequestTooLarge', `The file is over ${Math.floor(rule.maxBytes / 1024 / 1024)} MB. Send a smaller one.`);
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge();
  const folder = await uploadFolder();
  const file = path.join(folder, `${randomUUID()}.part`);
  const remove = () => rm(file, { force: true });
  let fileName: string | undefined;
  let content: BusboyFileStream | undefined;
  let stored: Promise<void> | undefined;
  let refusal: ApiError | undefined;
  // A refusal ends the parsing: `form` gets destroyed, and with it the pipeline below.
  const refuse = (error: ApiError) => {
    refusal ??= error;
    form.destroy(error);
  };
  form.on('file', (field, stream, name) => {
    if (field !== rule.field || stored) {
      stream.on('error', () => undefined).resume();
      refuse(new ApiError('InputValidationError', stored ? 'The form has more than one file. Send one.' : `The form has a file in another field. Send it in the field ${rule.field}.`));
      return;
    }
    fileName = plainName(name);
    content = stream;
    stored = store(stream, file);
    stored.catch((error: unknown) => form.destroy(error instanceof Error ? error : undefined));
    stream.on('limit', () => refuse(tooLarge()));
  });
  form.on('filesLimit', () => refuse(new ApiError('InputValidationError', 'The form has more than one file. Send one.')));
  form.on('partsLimit', () => refuse(new ApiError('InputValidationError', 'The form has too many fields. Send the file alone.')));
  try {
    await pipeline(Readable.from(arriving(request, limit, tooLarge)), form);
    await stored;
    if (fileName === undefined) throw new ApiError('InputValidationError', `The form has no file in its field ${rule.field}. Choose one.`, { fields: { [rule.field]: 'is missing. Choose a file.' } });
    return { path: file, fileName, size: (await stat(file)).size, remove };
  } catch (error) {
    // With an error: without one its end is not told to who reads from it.
    content?.destroy(new Error('refused'));
    await Promise.allSettled([stored]);
    await remove();
    if (refusal) throw refusal;
    if (error instanceof ApiError || isDiskFault(error)) throw error;
    throw new ApiError('InputValidationError', 'The form is cut short, or is no multipart/form-data. Send it again.');
  }
}

function parserFor(request: HttpRequest, rule: UploadRule): BusboyInstance {
  const type = request.headers.get('content-type') ?? '';
  const explain = () => new ApiError('InputValidationError', `Send the file as multipart/form-data, in the field ${rule.field}.`);
  if (!/^multipart\/form-data\s*;/i.test(type) || !request.body) throw explain();
  try {
    return new Busboy({
      headers: { 'content-type': type },
      isPartAFile: isFile,
      limits: { files: 2, fields: 16, parts: 18, fieldNameSize: 128, fieldSize: 1024, headerPairs: 32, headerSize: 16 * 1024, fileSize: rule.maxBytes },
    });
  } catch {
    // It throws for a content type without a boundary.
    throw explain();
  }
}

async function* arriving(request: HttpRequest, limit: number, tooLarge: () => ApiError): AsyncGenerator<Uint8Array> {
  const reader = request.body?.getReader();
  if (!reader) return;
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ApiError('RequestTooSlow', 'The file took longer than 30 seconds to arrive. Send it again, from nearer by.')), maxArrivalMs);
  });
  slow.catch(() => undefined);
  let size = 0;
  let whole = false;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), slow]).catch((error: unknown) => {
        throw error instanceof ApiError ? error : new ApiError('InvalidRequest', 'The connection ended before the body did.');
      });
      if (done || !value) break;
      size += value.byteLength;
      if (size > limit) throw tooLarge();
      yield value;
    }
    whole = true;
  } finally {
    clearTimeout(timer);
    if (!whole) reader.cancel().catch(() => undefined);
  }
}

const store = (stream: BusboyFileStream, file: string): Promise<void> => pipeline(stream, createWriteStream(file, { flags: 'wx', mode: 0o600 }));

function isDiskFault(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** A file's name without its folders, as it may be stored and shown. */
export function plainName(sent: string | undefined): string {
  const name = (sent ?? '').split(/[\\/]/).at(-1)?.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffd]/gu, '').trim() ?? '';
  if (name === '' || name === '.' || name === '..') return 'module.jar';
  return name.slice(0, 200).replace(/[\ud800-\udbff]$/, '');
}

async function uploadFolder(): Promise<string> {
  const folder = path.join(env().dataDir, 'server', 'uploads');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // What a crash left behind; a running upload is never this old.
  for (const name of await readdir(folder)) {
    const old = path.join(folder, name);
    const { mtimeMs } = await stat(old).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > staleMs) await rm(old, { force: true });
  }
  return folder;
}
