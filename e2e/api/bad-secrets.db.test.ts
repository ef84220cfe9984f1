import { afterAll, beforeAll, describe } from 'vitest';
import { setScene, testRefused, type Case, type Scene } from '@/e2e/support/refused';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.api.close());

const secret = (changes: Record<string, unknown> = {}) => ({ owner_type: 'algorithm', short_name: 'n', secret_key: 'NEW', secret_value: 'v', description: ' ', ...changes });
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

const secretsPath = ({ algorithm }: Scene) => `/v1/algorithms/${algorithm}/secrets`;
const onSecrets = (cases: Omit<Case, 'path' | 'method'>[]): Case[] => cases.map((each) => ({ method: 'POST', path: secretsPath, ...each }));

const badSecrets = onSecrets([
  { what: 'no JSON', body: () => '{"short_name": "n"', refused: [400, 2013] },
  { what: 'a trailing comma', body: () => '{"short_name": "n",}', refused: [400, 2013] },
  { what: 'a comment', body: () => '{"short_name": "n" /* c */}', refused: [400, 2013] },
  { what: 'two documents', body: () => '{} {}', refused: [400, 2013] },
  { what: 'single quotes', body: () => "{'short_name': 'n'}", refused: [400, 2013] },
  { what: 'a form', body: () => 'short_name=n&secret_key=K&secret_value=v', refused: [400, 2013] },
  { what: 'bytes that are no UTF-8', body: () => Buffer.concat([Buffer.from('{"short_name":"'), Buffer.of(0xff, 0xc3, 0x28), Buffer.from('"}')]), refused: [400, 2013] },
  { what: 'UTF-16', body: () => Buffer.from(`﻿${JSON.stringify({ short_name: 'n' })}`, 'utf16le'), refused: [400, 2013] },
  { what: 'a raw control character in a text', body: () => '{"short_name":"a\u0001b"}', refused: [400, 2013] },
  { what: 'NaN', body: () => '{"short_name":NaN}', refused: [400, 2013] },
  { what: 'a name twice', body: () => '{"secret_key":"A","secret_key":"B"}', refused: [400, 2013], says: /twice/ },
  { what: 'a name twice, once escaped', body: () => String.raw`{"secret_key":"A","secret\u005fkey":"B"}`, refused: [400, 2013], says: /twice/ },
  { what: 'a name twice in a nested object', body: () => '{"x":[{"y":{"a":1,"b":2,"a":3}}]}', refused: [400, 2013], says: /twice/ },
  { what: '65 levels', body: () => `{"x":${nested(64)}}`, refused: [400, 2013], says: /64 levels/ },
  { what: '100,000 levels', body: () => nested(100_000), refused: [400, 2013], says: /64 levels/ },
  { what: 'no body', body: () => undefined, refused: [400, 8000] },
  { what: 'an empty body', body: () => '', refused: [400, 8000] },
  { what: 'white space', body: () => '  \n', refused: [400, 2013] },
  { what: 'null', body: () => 'null', refused: [400, 8000] },
  { what: 'an array', body: () => [], refused: [400, 8000] },
  { what: 'a text', body: () => '"text"', refused: [400, 8000] },
  { what: 'a number', body: () => '7', refused: [400, 8000] },
  { what: 'an empty object', body: () => ({}), refused: [400, 8000] },
  { what: 'no name', body: () => secret({ short_name: undefined }), refused: [400, 8000], says: /short_name is missing/ },
  { what: 'no key', body: () => secret({ secret_key: undefined }), refused: [400, 8000], says: /secret_key is missing/ },
  { what: 'no value', body: () => secret({ secret_value: undefined }), refused: [400, 8004], says: /secret_value is missing/ },
  { what: 'a null value', body: () => secret({ secret_value: null }), refused: [400, 8004] },
  ...[1, true, {}, [], null].map((wrong) => ({ what: `a name that is ${JSON.stringify(wrong)}`, body: () => secret({ short_name: wrong }), refused: [400, 8000] as const, says: /short_name must be text/ })),
  ...[1, true, {}, [], null].map((wrong) => ({ what: `a key that is ${JSON.stringify(wrong)}`, body: () => secret({ secret_key: wrong }), refused: [400, 8000] as const })),
  ...[1, true, {}, []].map((wrong) => ({ what: `a value that is ${JSON.stringify(wrong)}`, body: () => secret({ secret_value: wrong }), refused: [400, 8000] as const })),
  { what: 'a description that is a number', body: () => secret({ description: 1 }), refused: [400, 8000] },
  { what: 'an owner_id that is a number', body: () => secret({ owner_id: 1 }), refused: [400, 8000] },
  { what: 'a provider_id that is an object', body: () => secret({ provider_id: {} }), refused: [400, 8000] },
  { what: 'a blank name', body: () => secret({ short_name: '  ' }), refused: [400, 8001] },
  { what: 'a name that is too long', body: () => secret({ short_name: 'n'.repeat(129) }), refused: [400, 8001] },
  { what: 'a name with NUL', body: () => secret({ short_name: 'a\u0000b' }), refused: [400, 8001] },
  { what: 'a description with half a surrogate pair', body: () => secret({ description: 'a\ud800b' }), refused: [400, 8001] },
  { what: 'a description that is too long', body: () => secret({ description: 'd'.repeat(1_025) }), refused: [400, 8001] },
  { what: 'an empty value', body: () => secret({ secret_value: '' }), refused: [400, 8001] },
  { what: 'a value of 65,537 bytes', body: () => secret({ secret_value: 'x'.repeat(65_537) }), refused: [400, 8001], says: /65,536 bytes/ },
  { what: 'a value of 65,537 bytes in fewer characters', body: () => secret({ secret_value: `${'x'.repeat(65_534)}€` }), refused: [400, 8001], says: /65,536 bytes/ },
  { what: 'a value with NUL', body: () => secret({ secret_value: 'a\u0000b' }), refused: [400, 8001], says: /NUL/ },
  { what: 'a value with half a surrogate pair', body: () => secret({ secret_value: 'a\udc00b' }), refused: [400, 8001], says: /surrogate/ },
  { what: 'a value with the halves of a pair swapped', body: () => secret({ secret_value: '\ude00\ud83d' }), refused: [400, 8001] },
  ...['', 'with-dash', '1DIGIT', 'with space', ' LEADING', 'TRAILING\n', 'a.b', 'a=b', 'ÜMLAUT', 'A\u0000B', 'A'.repeat(256)].map((key) => ({
    what: `the key ${JSON.stringify(key).slice(0, 20)}`, body: () => secret({ secret_key: key }), refused: [400, 8001] as const, says: /secret_key/,
  })),
  { what: 'a key with a dash is told what to use instead', body: () => secret({ secret_key: 'MY-KEY' }), refused: [400, 8001], says: /underscore/ },
  { what: 'a taken key', body: () => secret({ secret_key: 'TAKEN' }), refused: [400, 8001], says: /TAKEN/ },
  { what: 'another algorithm as its owner', body: ({ other }) => secret({ owner_id: other }), refused: [400, 8001], says: /owner_id/ },
  { what: 'an owner that is no id', body: () => secret({ owner_id: 'ana' }), refused: [400, 8001], says: /owner_id/ },
  { what: 'another type of owner', body: () => secret({ owner_type: 'user' }), refused: [400, 8001], says: /owner_type/ },
  { what: 'a provider that does not exist', body: () => secret({ provider_id: '00000000-0000-4000-8000-000000000000' }), refused: [404, 8006], says: /provider_id/ },
  { what: 'a provider that is no id', body: () => secret({ provider_id: 'internal' }), refused: [404, 8006] },
  { what: 'an empty provider', body: () => secret({ provider_id: '' }), refused: [404, 8006] },
  { what: 'a disabled provider', body: ({ disabled }) => secret({ provider_id: disabled }), refused: [409, 8012], says: /disabled/ },
  { what: 'a provider without its module', body: ({ noModule }) => secret({ provider_id: noModule }), refused: [502, 8009], says: /module/ },
]);

const badEdits = ([
  { what: 'another key', body: () => ({ short_name: 'n', secret_key: 'OTHER' }), refused: [400, 8001], says: /TAKEN/ },
  { what: 'an empty value', body: () => ({ short_name: 'n', secret_value: '' }), refused: [400, 8001] },
  { what: 'a value of 65,537 bytes', body: () => ({ short_name: 'n', secret_value: 'x'.repeat(65_537) }), refused: [400, 8001] },
  { what: 'a value that is a number', body: () => ({ short_name: 'n', secret_value: 5 }), refused: [400, 8000] },
  { what: 'a blank name', body: () => ({ short_name: ' ' }), refused: [400, 8001] },
  { what: 'a name that is null', body: () => ({ short_name: null }), refused: [400, 8000] },
  { what: 'no body', body: () => undefined, refused: [400, 8000] },
  { what: 'no JSON', body: () => '{', refused: [400, 2013] },
] as const).map((each): Case => ({ method: 'PUT', path: (scene) => `${secretsPath(scene)}/${scene.secret}`, ...each }));

describe('a new secret with', () => {
  testRefused(badSecrets, () => scene);
});
describe('an edit of a secret with', () => {
  testRefused(badEdits, () => scene);
});
