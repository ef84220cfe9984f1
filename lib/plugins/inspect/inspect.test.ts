import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ModuleRefused } from './refusal';
import { classBytes } from './testing/class-bytes';
import { evils } from './testing/evil';
import { factory, goodParts, inspectBytes, manifest, moduleBytes } from './testing/modules';
import { zipBytes, type Part } from './testing/zip-bytes';
import { factoryInterface } from './limits';

const refusal = (bytes: Buffer, className?: string) => inspectBytes(bytes, className === undefined ? {} : { factory: className }).then(
  () => undefined,
  (error: unknown) => error,
);
const file = (name: string, content: Buffer): Part => ({ name: `${name}.class`, content });
const usable = async (bytes: Buffer) => (await inspectBytes(bytes)).candidates.filter((each) => each.usable).map(({ className }) => className);

describe('an evil archive', () => {
  test('comes in many kinds', () => {
    expect(evils.length).toBeGreaterThanOrEqual(24);
    expect(new Set(evils.map(({ what }) => what)).size).toBe(evils.length);
  });

  test.each(evils.map((evil) => [evil.what, evil] as const))('is refused with its reason: %s', async (_what, evil) => {
    const bytes = evil.bytes();
    const before = process.memoryUsage.rss();
    const began = performance.now();
    const error = await refusal(bytes);
    const took = performance.now() - began;
    expect(error).toBeInstanceOf(ModuleRefused);
    const { reason, message } = error as ModuleRefused;
    expect([reason, message]).toEqual([evil.reason, expect.stringMatching(evil.says)]);
    expect(message).toMatch(/\. (Build|Upload|Copy|Give)\b|Build or copy/);
    expect(message).toMatch(/^[^\p{Cc}]{10,500}$/u);
    expect(took).toBeLessThan(1_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('a module', () => {
  test('is described by size, hash, title and version', async () => {
    const bytes = zipBytes([manifest('Implementation-Title: Example', 'Implementation-Version: 1.2', 'Multi-Release: true'), ...goodParts().slice(1)]);
    expect(await inspectBytes(bytes, { factory: 'com.example.Factory' })).toEqual({
      size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), title: 'Example', version: '1.2', multiRelease: true, notes: [],
      candidates: [{ className: 'com.example.Factory', usable: true, javaVersion: 8, configurationKeys: [] }],
      classes: 1, javaVersion: 8, sdkBundled: false,
    });
  });

  test('says how many classes it has, the newest Java of them, and whether it brings the SDK; what only describes it does not count', async () => {
    const bytes = moduleBytes([
      { name: 'com/example/Newer.class', content: classBytes({ name: 'com/example/Newer', major: 65 }) },
      { name: 'module-info.class', content: classBytes({ name: 'module-info', major: 69 }) },
      { name: 'META-INF/versions/25/com/example/Newer.class', content: classBytes({ name: 'com/example/Newer', major: 69 }) },
      { name: 'com/algorithmia/sdk/plugin/secrets/Secret.class', content: classBytes({ name: 'com/algorithmia/sdk/plugin/secrets/Secret' }) },
    ]);
    expect(await inspectBytes(bytes)).toMatchObject({ classes: 3, javaVersion: 21, sdkBundled: true });
  });

  test('that speaks to Azure Key Vault says that deleted entries are kept there', async () => {
    const name = 'com/azure/security/keyvault/secrets/SecretClient';
    expect((await inspectBytes(moduleBytes([{ name: `${name}.class`, content: classBytes({ name }) }]))).notes).toEqual([expect.stringContaining('keeps deleted secrets for 7 to 90 days')]);
  });

  test('needs no manifest', async () => {
    expect(await inspectBytes(zipBytes(goodParts().slice(1)))).toMatchObject({ title: '', version: '', notes: ['It has no manifest.'], candidates: [{ usable: true }] });
  });

  test('may be signed, stored unpacked, written as a stream, and have a comment', async () => {
    const content = Buffer.from('streamed');
    const descriptor = Buffer.alloc(16);
    const bytes = moduleBytes([
      { name: 'META-INF/KEY.SF', content: 'Signature-Version: 1.0\r\n\r\n', store: true },
      { name: 'streamed', content, local: { flags: 0x808, crc: 0, size: 0, compressed: 0 }, central: { flags: 0x808 }, behind: descriptor },
      { name: 'empty', content: '' }, { name: 'folder/', content: '', store: true },
    ], { comment: Buffer.from('built by hand') });
    expect((await inspectBytes(bytes)).notes).toEqual(['It is signed; the signature is not checked.']);
  });

  test('may have a harmless Class-Path, and is said to have it', async () => {
    const bytes = zipBytes([manifest('Class-Path: lib/a.jar', ' b.jar'), ...goodParts().slice(1)]);
    expect((await inspectBytes(bytes)).notes).toEqual([expect.stringContaining('lib/a.jarb.jar: ignored')]);
  });

  test('may have unused bytes between entries, and is said to', async () => {
    expect((await inspectBytes(moduleBytes([{ name: 'a', content: 'x', behind: Buffer.alloc(100) }]))).notes).toEqual([expect.stringContaining('unused bytes')]);
  });

  test('without a factory is said to have none', async () => {
    const inspection = await inspectBytes(zipBytes([manifest(), { name: 'x.txt', content: 'x' }]));
    expect([inspection.candidates, inspection.notes]).toEqual([[], ['It has no usable factory class.']]);
  });

  test('in multi-release form is read as a host’s Java reads it', async () => {
    const inVersion = (release: number, content: Buffer) => file(`META-INF/versions/${release}/com/example/Factory`, content);
    const abstract = factory({ access: 0x421 });
    const parts = [file('com/example/Factory', abstract), inVersion(9, factory()), inVersion(99, abstract)];
    expect(await usable(zipBytes([manifest('Multi-Release: true'), ...parts]))).toEqual(['com.example.Factory']);
    expect(await usable(zipBytes([manifest(), ...parts]))).toEqual([]);
  });
});

describe('a factory', () => {
  const good = 'com.example.Factory';

  test('may implement the interface through superclasses and interfaces in the JAR', async () => {
    const bytes = zipBytes([
      file('a/Sub', classBytes({ name: 'a/Sub', superName: 'a/Middle' })),
      file('a/Middle', classBytes({ name: 'a/Middle', superName: 'a/Base', access: 0x20 })),
      file('a/Base', classBytes({ name: 'a/Base', interfaces: ['java/io/Serializable', 'a/More'], access: 0x421 })),
      file('a/More', classBytes({ name: 'a/More', interfaces: [factoryInterface], access: 0x601 })),
      file('a/Other', classBytes({ name: 'a/Other', superName: 'a/Missing' })),
    ]);
    expect(await usable(bytes)).toEqual(['a.Sub']);
    expect((await inspectBytes(bytes)).candidates).toMatchObject([{ className: 'a.Sub' }, { className: 'a.Base', usable: false, reason: 'is abstract' }, { className: 'a.Middle', usable: false, reason: 'is not public' }]);
  });

  test('may be nested', async () => {
    expect(await usable(zipBytes([file('a/B$C', factory({ name: 'a/B$C' }))]))).toEqual(['a.B$C']);
  });

  test('in a circle of superclasses is none', async () => {
    const parts = ['a', 'b', 'c'].map((name, index, all) => file(name, classBytes({ name, superName: all[(index + 1) % 3] ?? '' })));
    expect(await usable(zipBytes(parts))).toEqual([]);
  });

  test('is not the SDK’s own interface, which modules bundle', async () => {
    const sdk = file(factoryInterface, classBytes({ name: factoryInterface, access: 0x601 }));
    expect((await inspectBytes(moduleBytes([sdk]))).candidates.map(({ className }) => className)).toEqual([good]);
  });

  test.each<[string, Part[], string, RegExp]>([
    ['is missing', goodParts(), 'com.example.Nope', /com\.example\.Nope is not in the JAR\. .*com\.example\.Factory/],
    ['is spelled as a file', goodParts(), 'com/example/Factory', /is spelled with slashes.*com\.example\.Factory/],
    ['does not implement the interface', goodParts(file('a/A', classBytes({ name: 'a/A' }))), 'a.A', /does not implement SecretProviderFactory/],
    ['is an interface', [file('a/A', factory({ name: 'a/A', access: 0x601 }))], 'a.A', /is an interface.*no usable factory/],
    ['is abstract', [file('a/A', factory({ name: 'a/A', access: 0x421 }))], 'a.A', /is abstract/],
    ['is not public', [file('a/A', factory({ name: 'a/A', access: 0x20 }))], 'a.A', /is not public/],
    ['has no constructor without arguments', [file('a/A', factory({ name: 'a/A', constructorAccess: undefined }))], 'a.A', /no public constructor/],
    ['has it, but not public', [file('a/A', factory({ name: 'a/A', constructorAccess: 2 }))], 'a.A', /no public constructor/],
    ['calls itself otherwise', [file('b/A', factory({ name: 'a/A' }))], 'b.A', /calls itself a\.A/],
    ['is no class file', [file('a/A', Buffer.from('hello'))], 'a.A', /damaged class file/],
    ['is a class file cut short', [file('a/A', factory({ name: 'a/A' }).subarray(0, 60))], 'a.A', /damaged class file/],
    ['is cut short within its methods', [file('a/A', factory({ name: 'a/A' }).subarray(0, -20))], 'a.A', /damaged class file/],
  ])('that was named and %s is refused', async (_what, parts, name, says) => {
    const error = await refusal(zipBytes(parts), name);
    expect(error).toMatchObject({ name: 'ModuleRefused', reason: 'factory', message: expect.stringMatching(says) });
  });

  test('shows the configuration keys that constants show, also in the class it hands the map to', async () => {
    const bytes = zipBytes([
      file('a/F', factory({ name: 'a/F', reads: ['vault_addr', 'vault_token'], needs: ['vault_secret_path'], handsTo: 'a/Provider', ballast: ['not a key', 'other'] })),
      file('a/Provider', classBytes({ name: 'a/Provider', reads: ['timeout'] })),
    ]);
    expect((await inspectBytes(bytes)).candidates).toMatchObject([{ configurationKeys: ['vault_addr', 'vault_token', 'vault_secret_path', 'timeout'] }]);
  });

  test('is found among as many classes as an archive can have, each the next one’s superclass', async () => {
    const count = 5_000;
    const parts = Array.from({ length: count }, (_, index) => file(`c${index}`, classBytes({ name: `c${index}`, superName: index === count - 1 ? 'java/lang/Object' : `c${index + 1}`, ...(index === count - 1 && { interfaces: [factoryInterface] }) })));
    const { candidates } = await inspectBytes(zipBytes(parts));
    expect(candidates).toHaveLength(50);
    expect((await inspectBytes(zipBytes(parts), { factory: 'c4321' })).candidates.map(({ className }) => className)).toContain('c4321');
  });
});
