import { expect, test } from 'vitest';
import { answers, WrongAnswer } from './protocol';

const longest = 'k'.repeat(10_000);

test('what a plugin names an entry and a version is taken as it is', () => {
  for (const name of ['a', ' ../x', 'secret/app/9b1', '名', longest]) {
    expect(answers.createSecret({ providerKey: name })).toBe(name);
    expect(answers.getSecretVersion({ version: name })).toBe(name);
  }
  expect(answers.updateSecret({ version: null })).toBeNull();
});

test.each([['NUL', 'a\u0000b'], ['half of a character', 'a\ud800'], ['more than 10,000 characters', `${longest}k`]])('a name with %s, which nobody could keep or pass on, is refused', (_what, name) => {
  expect(() => answers.createSecret({ providerKey: name })).toThrow(WrongAnswer);
  expect(() => answers.updateSecret({ version: name })).toThrow(WrongAnswer);
  expect(() => answers.getSecretVersion({ version: name })).toThrow(WrongAnswer);
});

test.each([[null], [[]], ['text'], [{}], [{ providerKey: 7 }], [Object.create({ providerKey: 'inherited' })]])('%j is no answer with a name', (answer) => {
  expect(() => answers.createSecret(answer)).toThrow(WrongAnswer);
});
