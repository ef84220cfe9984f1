import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePerson, sessionOfPerson, startApi, type Person, type TestApi } from '@/e2e/support/api';
import { exchange, parseRaw } from '@/e2e/support/raw';
import { refusalOf } from '@/e2e/support/secrets';
import { buildInspector, formOf, jarForm } from '@/e2e/support/upload';
import { POST as nextRoute } from '@/app/v1/admin/plugins/secret-provider/[id]/route';
import type { Caller } from '@/lib/auth/caller';
import { factory, goodParts, manifest, moduleBytes } from '@/lib/plugins/inspect/testing/modules';
import { zipBytes } from '@/lib/plugins/inspect/testing/zip-bytes';
import { ModuleUnavailable } from '@/lib/plugins/module-cache';
import { moduleFile } from '@/lib/plugins/module-store';
import { listModules, revertModule } from '@/lib/providers/modules';
import type { ProviderView } from '@/lib/schemas/provider';

let api: TestApi;
let vera: Person;
let otto: Person;
let count = 0;

beforeAll(async () => {
  await buildInspector();
  api = await startApi();
  [vera, otto] = [await makePerson('vera', { isClusterViewer: true }), await makePerson('otto')];
});
afterAll(() => api?.close());

const at = (id: string) => `/v1/admin/plugins/secret-provider/${id}`;
const upload = (id: string, form: { headers: Record<string, string>; body: Buffer | string }, as: Parameters<TestApi['call']>[2] = {}) =>
  api.call('POST', at(id), { as: api.admin, ...as, headers: { ...form.headers, ...as?.headers }, body: form.body });
const get = async (id: string) => (await api.call('GET', `/v1/admin/secret-provider/${id}`, { as: api.admin })).json<ProviderView>();
const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const caller = (person: Person, isAdmin = true): Caller => ({ userId: person.id, username: person.name, isAdmin, isClusterViewer: false, memberships: new Map(), via: 'key', requestId: '00000000-0000-4000-8000-000000000001', address: '' });
/** Modules that differ from one another. */
const different = (title = `T${++count}`) => zipBytes([manifest(`Implementation-Title: ${title}`, 'Implementation-Version: 1.0'), ...goodParts().slice(1)]);

async function add(factoryClassName = 'com.example.Factory'): Promise<ProviderView> {
  return (await api.call('POST', '/v1/admin/secret-provider', { as: api.admin, body: { name: `Plugin ${++count}`, factoryClassName } })).json<ProviderView>();
}

const uploadsLeft = () => readdir(path.join(process.env.SECRET_STORE_DATA_DIR ?? '', 'server', 'uploads')).catch(() => []);

describe('a module', () => {
  test('that is uploaded makes its provider usable, and is named after its file', async () => {
    const { id, moduleSha256, status } = await add();
    expect([moduleSha256, status.state]).toEqual(['', 'module_missing']);
    const jar = different();
    const answer = await upload(id, jarForm(jar, 'vault-plugin-1.0.jar'));
    expect(answer.status).toBe(200);
    const provider = answer.json<ProviderView>();
    expect(provider).toMatchObject({ id, moduleName: 'vault-plugin-1.0.jar', moduleSha256: hashOf(jar) });
    expect(provider.status.state).not.toBe('module_missing');
    expect(await get(id)).toEqual(provider);
    expect((await api.call('GET', at(id), { as: api.admin })).status).toBe(200);
    expect((await api.call('GET', '/v1/secret-provider', { as: otto })).json<ProviderView[]>().map((each) => each.id)).toContain(id);
    expect(await uploadsLeft()).toEqual([]);
  });

  test('tells who only uses its provider nothing of how it is run', async () => {
    const { id, name, factoryClassName } = await add();
    const request = { name, factoryClassName, configuration: { vault_addr: 'x' }, settings: { httpsProxy: 'proxy.inside:3128', readablePaths: ['/srv/ca'] } };
    expect((await api.call('POST', `/v1/admin/secret-provider/${id}`, { as: api.admin, body: request })).status).toBe(200);
    expect((await upload(id, jarForm(different()))).status).toBe(200);
    await api.query(`UPDATE providers SET last_error = 'refused by vault.inside:8200', last_error_at = now() + interval '1 day', failing_since = now() WHERE id = $1`, [id]);
    const shown = async (as: Person) => (await api.call('GET', '/v1/secret-provider', { as })).json<ProviderView[]>().find((each) => each.id === id);
    expect(JSON.stringify(await shown(api.admin))).toMatch(/vault_addr.*proxy\.inside.*srv/);
    const plain = await shown(otto);
    expect(JSON.stringify(plain)).not.toMatch(/vault_addr|inside|srv/);
    expect(plain).toMatchObject({ configurationKeys: [], settings: {}, status: { state: 'failing' }, lastError: { message: '', at: '' } });
  });

  test('comes with any key and with a session of our own origin', async () => {
    const { id } = await add();
    const session = await sessionOfPerson(api.admin);
    for (const authorization of [`Simple ${api.admin.key}`, `Bearer ${api.admin.key}`, api.admin.key]) {
      const form = jarForm(moduleBytes());
      expect((await api.call('POST', at(id), { headers: { ...form.headers, authorization }, body: form.body })).status).toBe(200);
    }
    expect((await upload(id, jarForm(moduleBytes()), { as: session, headers: { origin: api.url, 'sec-fetch-site': 'same-origin' } })).status).toBe(200);
    const foreign: Record<string, string>[] = [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }];
    for (const headers of foreign) {
      expect(refusalOf(await upload(id, jarForm(moduleBytes()), { as: session, headers }))).toEqual([403, 2001]);
    }
  });

  test('is served by Next’s host alike', async () => {
    const { id } = await add();
    const jar = different();
    const form = new FormData();
    form.set('provider', new File([new Uint8Array(jar)], 'next.jar'));
    const request = new Request(`${api.url}${at(id)}`, { method: 'POST', headers: { authorization: api.admin.key }, body: form });
    const answer = await nextRoute(request, { params: Promise.resolve({ id }) });
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ moduleName: 'next.jar', moduleSha256: hashOf(jar) })]);
  });

  test('keeps its file’s name when its provider is saved without one', async () => {
    const { id, name, factoryClassName } = await add();
    await upload(id, jarForm(moduleBytes(), 'kept.jar'));
    await api.call('POST', `/v1/admin/secret-provider/${id}`, { as: api.admin, body: { name, factoryClassName } });
    expect(await get(id)).toMatchObject({ moduleName: 'kept.jar', moduleSha256: hashOf(moduleBytes()) });
  });

  test.each([
    ['../../etc/passwd.jar', 'passwd.jar'], ['C:\\Users\\me\\x.jar', 'x.jar'], ['a\u202eraj.exe', 'araj.exe'], ['', 'module.jar'], ['..', 'module.jar'], ['x'.repeat(300), 'x'.repeat(200)],
  ])('sent as %s is called %s', async (sent, stored) => {
    const { id } = await add();
    expect((await upload(id, jarForm(moduleBytes(), sent))).json<ProviderView>().moduleName).toBe(stored);
  });

  test('is one event with hash and size, and nothing without it', async () => {
    const { id, name } = await add();
    const jar = different();
    await api.query(`CREATE FUNCTION no_uploads() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is broken'; END $$`);
    await api.query('CREATE TRIGGER no_uploads BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION no_uploads()');
    try {
      expect(refusalOf(await upload(id, jarForm(jar)))).toEqual([500, 5001]);
    } finally {
      await api.query('DROP TRIGGER no_uploads ON audit_events');
    }
    expect(await api.query('SELECT 1 FROM modules WHERE sha256 = $1', [hashOf(jar)])).toEqual([]);
    expect((await get(id)).moduleSha256).toBe('');
    const answer = await upload(id, jarForm(jar));
    expect(await api.query('SELECT action, object_id, object_name, actor_name, details FROM audit_events WHERE request_id = $1', [answer.headers['x-request-id']])).toEqual([
      { action: 'module.upload', object_id: id, object_name: name, actor_name: 'root', details: { sha256: hashOf(jar), size: jar.length, file: 'plugin.jar' } },
    ]);
  });
});

describe('an upload that is refused leaves the module before, and no file:', () => {
  let id: string;
  const before = different();

  beforeAll(async () => {
    ({ id } = await add());
    await upload(id, jarForm(before, 'before.jar'));
  });

  const noise = randomBytes(5_000);
  const part = (content: Uint8Array | string) => ({ fileName: 'x.jar', content });
  test.each<[string, { headers: Record<string, string>; body: Buffer | string }, [number, number], RegExp]>([
    ['no JAR', jarForm(noise), [400, 6001], /no JAR/],
    ['an evil JAR', jarForm(moduleBytes([{ name: '../x', content: 'x' }])), [400, 6001], /^\.\.\/x leads out/],
    ['a JAR without the factory', jarForm(zipBytes([{ name: 'a/Other.class', content: factory({ name: 'a/Other' }) }])), [400, 6001], /com\.example\.Factory is not in the JAR\. .*a\.Other/],
    ['an empty file', jarForm(''), [400, 6001], /empty/],
    ['no file', formOf([{ fileName: undefined, field: 'other', content: 'x' }]), [400, 6001], /no file in its field provider/],
    ['text in place of the file', formOf([{ fileName: undefined, content: 'x' }]), [400, 6001], /no file in its field provider/],
    ['a file in another field', formOf([{ ...part(moduleBytes()), field: 'module' }]), [400, 6001], /in the field provider/],
    ['two files', formOf([part(moduleBytes()), part(moduleBytes())]), [400, 6001], /more than one file/],
    ['three files', formOf([part(moduleBytes()), { ...part(moduleBytes()), field: 'a' }, { ...part(moduleBytes()), field: 'b' }]), [400, 6001], /more than one file/],
    ['too many fields', formOf(Array.from({ length: 40 }, (_, index) => ({ field: `f${index}`, content: 'x' }))), [400, 6001], /no file|too many fields/],
    ['JSON', { headers: { 'content-type': 'application/json' }, body: '{}' }, [400, 6001], /multipart\/form-data/],
    ['no content type', { headers: {}, body: moduleBytes() }, [400, 6001], /multipart\/form-data/],
    ['no boundary', { headers: { 'content-type': 'multipart/form-data' }, body: 'x' }, [400, 6001], /multipart\/form-data/],
    ['no boundary in its place', { headers: { 'content-type': 'multipart/form-data; charset=utf-8' }, body: 'x' }, [400, 6001], /multipart\/form-data/],
    ['a body without the boundary', { headers: { 'content-type': 'multipart/form-data; boundary=abc' }, body: 'hello' }, [400, 6001], /cut short|no file/],
    ['a form cut short', { ...jarForm(moduleBytes()), body: jarForm(moduleBytes()).body.subarray(0, -200) }, [400, 6001], /cut short|multipart/],
    ['over 100 MB', jarForm(Buffer.alloc(100 * 1024 * 1024 + 1)), [413, 2015], /over 100 MB/],
    ['far over 100 MB', { ...jarForm(''), body: Buffer.alloc(101 * 1024 * 1024) }, [413, 2015], /over 100 MB/],
  ])('%s', async (_what, form, refused, says) => {
    const answer = await upload(id, form);
    expect([refusalOf(answer), answer.json<{ error: { message: string } }>().error.message]).toEqual([refused, expect.stringMatching(says)]);
    expect(await get(id)).toMatchObject({ moduleName: 'before.jar', moduleSha256: hashOf(before) });
    expect(await uploadsLeft()).toEqual([]);
  });

  test('one without a length that goes on for ever', async () => {
    const { headers, body } = jarForm(Buffer.alloc(1024));
    const head = `POST ${at(id)} HTTP/1.1\r\nHost: x\r\nAuthorization: ${api.admin.key}\r\nContent-Type: ${headers['content-type']}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = (bytes: Buffer) => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
    const megabyte = chunk(Buffer.alloc(1024 * 1024));
    const answer = parseRaw(await exchange(api.url, [head, chunk(body.subarray(0, 300)), ...Array.from({ length: 101 }, () => megabyte)], 20_000));
    expect(answer.status).toBe(413);
    expect(await uploadsLeft()).toEqual([]);
  });

  test('one whose connection ends in the middle', async () => {
    const { headers, body } = jarForm(randomBytes(200_000));
    const head = `POST ${at(id)} HTTP/1.1\r\nHost: x\r\nAuthorization: ${api.admin.key}\r\nContent-Type: ${headers['content-type']}\r\nContent-Length: ${body.length}\r\n\r\n`;
    await exchange(api.url, [head, body.subarray(0, 100_000)], 300);
    await expect.poll(uploadsLeft).toEqual([]);
    expect((await get(id)).moduleSha256).toBe(hashOf(before));
  });

  test('one for the built-in provider, for none, or by who may not: told before the file is taken', async () => {
    expect(refusalOf(await upload(api.internalProvider, jarForm(moduleBytes())))).toEqual([403, 8005]);
    expect(refusalOf(await upload('00000000-0000-4000-8000-000000000000', jarForm(moduleBytes())))).toEqual([404, 8006]);
    expect(refusalOf(await upload('none', jarForm(moduleBytes())))).toEqual([404, 8006]);
    for (const person of [vera, otto]) expect(refusalOf(await upload(id, jarForm(moduleBytes()), { as: person }))).toEqual([403, 2001]);
    const head = `POST ${at(id)} HTTP/1.1\r\nHost: x\r\nAuthorization: ${otto.key}\r\nContent-Type: multipart/form-data; boundary=abc\r\nContent-Length: 100000000\r\n\r\n`;
    expect(parseRaw(await exchange(api.url, [head], 3_000)).status).toBe(403);
  });
});

describe('what is stored', () => {
  test('comes back byte for byte, in pieces of a megabyte', async () => {
    const { id } = await add();
    const jar = moduleBytes([{ name: 'big.bin', content: randomBytes(3_500_000), store: true }]);
    await upload(id, jarForm(jar));
    const pieces = await api.query<{ part: number; length: number }>('SELECT part, length(content) AS length FROM module_chunks WHERE sha256 = $1 ORDER BY part', [hashOf(jar)]);
    expect(pieces.map(({ length }) => length)).toEqual([1048576, 1048576, 1048576, jar.length - 3 * 1048576]);
    expect(hashOf(await readFile(await moduleFile(hashOf(jar))))).toBe(hashOf(jar));
  });

  test('is refused once it was changed in the database, and mended by uploading it again', async () => {
    const { id } = await add();
    const jar = different();
    await upload(id, jarForm(jar));
    await api.query(`UPDATE module_chunks SET content = set_byte(content, 40, get_byte(content, 40) # 1) WHERE sha256 = $1`, [hashOf(jar)]);
    // This server may have it on its disk already, since the provider is started when it gets its module.
    await expect.poll(async () => {
      await rm(path.join(process.env.SECRET_STORE_DATA_DIR ?? '', 'server', 'modules'), { recursive: true, force: true });
      return moduleFile(hashOf(jar)).catch((error: unknown) => error);
    }).toBeInstanceOf(ModuleUnavailable);
    expect((await upload(id, jarForm(jar))).status).toBe(200);
    expect(await readFile(await moduleFile(hashOf(jar)))).toEqual(jar);
  });

  test('goes with the last provider that had it', async () => {
    const [one, two] = [await add(), await add()];
    const jar = different();
    for (const { id } of [one, two]) await upload(id, jarForm(jar));
    const stored = () => api.query('SELECT 1 FROM modules WHERE sha256 = $1', [hashOf(jar)]);
    for (const [{ id }, left] of [[one, 1], [two, 0]] as const) {
      expect((await api.call('DELETE', `/v1/admin/secret-provider/${id}`, { as: api.admin })).status).toBe(204);
      // What nobody uses is kept for an hour: it may have been uploaded for a provider that is not saved yet.
      await api.query(`UPDATE modules SET created = created - interval '61 minutes'`);
      await upload((await add()).id, jarForm(different()));
      expect(await stored()).toHaveLength(left);
    }
  });
});

describe('the history of modules', () => {
  test('keeps each, with what was found in it, and goes back to one', async () => {
    const { id } = await add();
    const [first, second] = [different('First'), different('Second')];
    await upload(id, jarForm(first, 'first.jar'));
    await upload(id, jarForm(second, 'second.jar'));
    const admin = caller(api.admin);
    expect(await listModules(admin, id)).toMatchObject([
      { sha256: hashOf(second), fileName: 'second.jar', size: second.length, isCurrent: true, uploadedBy: 'root', inspection: { title: 'Second', version: '1.0', candidates: [{ className: 'com.example.Factory', usable: true }] } },
      { sha256: hashOf(first), fileName: 'first.jar', isCurrent: false },
    ]);
    expect(await revertModule(admin, id, hashOf(first))).toMatchObject({ moduleName: 'first.jar', moduleSha256: hashOf(first) });
    expect((await listModules(admin, id)).map(({ isCurrent }) => isCurrent)).toEqual([false, true]);
    expect(await api.query(`SELECT details FROM audit_events WHERE action = 'module.revert' AND object_id = $1`, [id])).toEqual([{ details: { sha256: hashOf(first), file: 'first.jar' } }]);
  });

  test('goes back to no module of another provider, to none without the factory, and for nobody but an admin', async () => {
    const [one, two] = [await add(), await add()];
    const jar = different();
    await upload(one.id, jarForm(jar));
    await expect(revertModule(caller(api.admin), two.id, hashOf(jar))).rejects.toThrow(/never had this module/);
    await expect(revertModule(caller(otto, false), one.id, hashOf(jar))).rejects.toThrow(/may not/);
    await expect(listModules(caller(otto, false), one.id)).rejects.toThrow(/may not/);
    await api.query(`UPDATE providers SET factory_class_name = 'x.Y' WHERE id = $1`, [one.id]);
    await expect(revertModule(caller(api.admin), one.id, hashOf(jar))).rejects.toThrow(/no factory x\.Y/);
  });
});

test('many uploads at once to one provider end with one of them', async () => {
  const { id } = await add();
  const jars = Array.from({ length: 6 }, () => different());
  const answers = await Promise.all(jars.map((jar) => upload(id, jarForm(jar))));
  expect(answers.map(({ status }) => status)).toEqual(jars.map(() => 200));
  expect(jars.map(hashOf)).toContain((await get(id)).moduleSha256);
  expect(await listModules(caller(api.admin), id)).toHaveLength(6);
});
