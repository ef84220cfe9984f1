import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiFailure, callApi } from '@/lib/client/api';
import { refusalOf, sentence } from '@/lib/client/refusal';

const answer = (status: number, body: string | null) => vi.stubGlobal('fetch', async () => new Response(body, { status }));

async function failure(): Promise<ApiFailure> {
  const error: unknown = await callApi('GET', '/v1/x').catch((reason: unknown) => reason);
  if (!(error instanceof ApiFailure)) throw new Error('expected an ApiFailure');
  return error;
}

afterEach(() => vi.unstubAllGlobals());

describe('the browser’s calls to the API', () => {
  it('give the body of an answer', async () => {
    answer(200, '{"a":1}');
    expect(await callApi('GET', '/v1/x')).toEqual({ a: 1 });
  });

  it('give nothing for an answer without a body', async () => {
    answer(204, null);
    expect(await callApi('DELETE', '/v1/x')).toBeUndefined();
  });

  it('turn the contract’s error body into words, code, request and fields', async () => {
    answer(400, JSON.stringify({ error: { id: 'r1', code: 8001, message: 'Taken.', fields: { secret_key: 'is taken.' } } }));
    expect(await failure()).toMatchObject({ status: 400, code: 8001, requestId: 'r1', message: 'Taken.', fields: { secret_key: 'is taken.' } });
  });

  it.each(['<html>', '', '{"error":"text"}', 'null'])('say so when an error has no contract body: %s', async (body) => {
    answer(502, body);
    expect(await failure()).toMatchObject({ status: 502, message: expect.stringContaining('502') });
  });

  it('say that the session ended, and that nothing typed is lost', async () => {
    answer(401, '{"error":{"id":"r","code":2002,"message":"no"}}');
    expect((await failure()).message).toContain('your input is kept');
  });

  it('say that there was no answer', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    expect(await failure()).toMatchObject({ status: 0, message: expect.stringContaining('did not answer') });
  });
});

describe('words for people', () => {
  it('a schema’s predicate becomes a sentence about its field', () => {
    expect(sentence('The display name', 'is empty.')).toBe('The display name is empty.');
    expect(sentence('The display name', 'Already taken.')).toBe('Already taken.');
    expect(sentence('The display name', undefined)).toBeUndefined();
  });

  it('an unexpected fault never shows its own text', () => {
    expect(refusalOf(new Error('value hunter2'), 'It was not saved.').message).not.toContain('hunter2');
  });
});
