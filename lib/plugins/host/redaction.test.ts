import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Redactor } from './redaction';
import { StderrTail } from './stderr-tail';

const value = 'p@ss wörd/+"\\quoted"';
const bytes = Buffer.from(value, 'utf8');

const forms: [name: string, form: string][] = [
  ['as it is', value],
  ['URL-encoded', encodeURIComponent(value)],
  ['URL-encoded as a form', encodeURIComponent(value).replaceAll('%20', '+')],
  ['URL-encoded in lower case', encodeURIComponent(value).replace(/%../g, (hex) => hex.toLowerCase())],
  ['in base64', bytes.toString('base64')],
  ['in base64url', bytes.toString('base64url')],
  ['as JSON', JSON.stringify(value)],
  ['in hex', bytes.toString('hex')],
  ['in base64 behind a user name', Buffer.from(`user:${value}`, 'utf8').toString('base64')],
  ['in base64 behind another user name', Buffer.from(`users:${value}`, 'utf8').toString('base64')],
  ['in base64 behind a third user name', Buffer.from(`userss:${value}`, 'utf8').toString('base64')],
];

describe('a value is taken out of a text', () => {
  test.each(forms)('%s', (_, form) => {
    const redactor = new Redactor();
    redactor.setConfiguration([value]);
    const text = redactor.redact(`before ${form} after`);
    expect(text).toContain('•••');
    // What base64 shares with its neighbours at the edges may stay: less than a character of the value.
    const left = Buffer.from(/before (.*) after/.exec(text)?.[1]?.replace('•••', '') ?? '', 'base64').toString('utf8');
    expect(left).not.toContain('ss w');
    expect(text).not.toContain('wörd');
  });

  test('while a call with it is under way, and for a while after', () => {
    const redactor = new Redactor();
    const over = redactor.begin('the-secret-value');
    expect(redactor.redact('got the-secret-value')).toBe('got •••');
    over();
    expect(redactor.redact('got the-secret-value')).toBe('got •••');
  });

  test('line by line, and the user of an address', () => {
    const redactor = new Redactor();
    redactor.setConfiguration(['-----BEGIN KEY-----\nabcdefghijkl\n-----END KEY-----', 'https://admin:hunter2@vault.example/v1']);
    expect(redactor.redact('read abcdefghijkl')).toBe('read •••');
    expect(redactor.redact('login with hunter2 failed')).toBe('login with ••• failed');
  });

  test('short ones only where they stand as a word', () => {
    const redactor = new Redactor();
    redactor.setConfiguration(['kv']);
    expect(redactor.redact('mount kv, not kvetch')).toBe('mount •••, not kvetch');
  });

  test('an empty value changes nothing', () => {
    const redactor = new Redactor();
    redactor.setConfiguration(['', '  ']);
    expect(redactor.redact('nothing  here')).toBe('nothing  here');
  });
});

describe('what a plugin prints', () => {
  async function printed(redactor: Redactor, chunks: string[]): Promise<string> {
    const tail = new StderrTail(redactor);
    const stream = new PassThrough();
    tail.drain(stream);
    for (const chunk of chunks) {
      stream.write(chunk);
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    stream.end();
    await new Promise((resolve) => setTimeout(resolve, 20));
    return tail.text();
  }

  test('is redacted where a value comes in pieces', async () => {
    const redactor = new Redactor();
    redactor.setConfiguration(['the-secret-value']);
    const text = await printed(redactor, ['token the-sec', 'ret-value\nnext line\n']);
    expect(text).toBe('token •••\nnext line\n');
  });

  test('keeps its last 64 KB', async () => {
    const text = await printed(new Redactor(), [`${'x'.repeat(99)}\n`.repeat(600), `${'y'.repeat(99)}\n`.repeat(600)]);
    expect(text.length).toBeLessThan(66_000);
    expect(text.endsWith(`${'y'.repeat(99)}\n`)).toBe(true);
  });

  test('more than can be looked at is left out, and said so', async () => {
    const tail = new StderrTail(new Redactor());
    const stream = new PassThrough({ highWaterMark: 2 ** 24 });
    tail.drain(stream);
    for (let i = 0; i < 100; i++) stream.write(`${'z'.repeat(10_000)}\n`);
    stream.write('the last words\n');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(tail.text()).toMatch(/\d+ bytes of output left out/);
    expect(tail.text().length).toBeLessThan(70_000);
    expect(tail.text()).toContain('the last words');
  });
});
