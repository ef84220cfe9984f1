import { expect, test } from 'vitest';
import { isBuiltIn } from './provider-option';

test('a provider is built in by its name, which is unique: a factory class of that name makes none', () => {
  const pretender = { name: 'pretender', factoryClassName: 'com.algorithmia.plugin.sqlsecretprovider.InternalSecretProviderFactory', moduleName: '' };
  expect(isBuiltIn(pretender)).toBe(false);
  expect(isBuiltIn({ name: 'algorithmia_internal_secret_provider' })).toBe(true);
});
