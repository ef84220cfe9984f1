import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readServerEnv } from './env';
import { projectRoot } from './root';

const read = (source: Record<string, string>) => readServerEnv(source as NodeJS.ProcessEnv);

describe('the settings', () => {
  test('have defaults for all of it', () => {
    expect(read({})).toEqual({
      port: 3000,
      deliveryPort: 3001,
      host: undefined,
      deliveryHost: undefined,
      dataDir: path.join(projectRoot, 'data'),
      url: 'http://localhost:3000',
      isUrlGiven: false,
      keyringFile: path.join(projectRoot, 'data/server/keyring.json'),
      database: undefined,
    });
  });

  test('name one address for both listeners, or one for each; the public address follows', () => {
    expect(read({ SECRET_STORE_HOST: '10.0.0.7' })).toMatchObject({ host: '10.0.0.7', deliveryHost: '10.0.0.7', url: 'http://10.0.0.7:3000' });
    expect(read({ SECRET_STORE_HOST: '127.0.0.1', SECRET_STORE_DELIVERY_HOST: '::' })).toMatchObject({ host: '127.0.0.1', deliveryHost: '::' });
    expect(read({ SECRET_STORE_DELIVERY_HOST: '127.0.0.1' })).toMatchObject({ host: undefined, deliveryHost: '127.0.0.1', url: 'http://localhost:3000' });
  });

  test('that are empty count as not given', () => {
    expect(read({ PORT: '', DATABASE_URL: '', SECRET_STORE_URL: '' })).toEqual(read({}));
  });

  test('take the public address from PORT, or as given, without a slash at its end', () => {
    expect(read({ PORT: '8080' }).url).toBe('http://localhost:8080');
    expect(read({ SECRET_STORE_URL: 'https://secrets.example.com/' }).url).toBe('https://secrets.example.com');
  });

  test.each([
    [{ PORT: 'abc' }, 'PORT'],
    [{ PORT: '0' }, 'PORT'],
    [{ PORT: '65536' }, 'PORT'],
    [{ SECRET_STORE_DELIVERY_PORT: '-1' }, 'SECRET_STORE_DELIVERY_PORT'],
    [{ PORT: '5000', SECRET_STORE_DELIVERY_PORT: '5000' }, 'PORT'],
    [{ SECRET_STORE_HOST: 'localhost' }, 'SECRET_STORE_HOST'],
    [{ SECRET_STORE_DELIVERY_HOST: '[::1]' }, 'SECRET_STORE_DELIVERY_HOST'],
    [{ SECRET_STORE_URL: 'secrets.example.com' }, 'SECRET_STORE_URL'],
    [{ SECRET_STORE_URL: 'https://secrets.example.com/path' }, 'SECRET_STORE_URL'],
    [{ DATABASE_URL: 'mysql://db/x' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'postgresql://db:5432' }, 'DATABASE_URL'],
    [{ SECRET_STORE_ADMIN_USERNAME: 'no spaces' }, 'SECRET_STORE_ADMIN_USERNAME'],
    [{ SECRET_STORE_ADMIN_PASSWORD: 'short' }, 'SECRET_STORE_ADMIN_PASSWORD'],
    [{ SECRET_STORE_TRUST_PROXY: 'yes' }, 'SECRET_STORE_TRUST_PROXY'],
    [{ SECRET_STORE_DELIVERY_URL: 'delivery:3001' }, 'SECRET_STORE_DELIVERY_URL'],
    [{ SECRET_STORE_OIDC_ISSUER: 'https://login.example.com', SECRET_STORE_OIDC_CLIENT_ID: 'me' }, 'SECRET_STORE_OIDC_CLIENT_SECRET'],
  ])('that are wrong (%o) are refused in one line that names %s', (source, name) => {
    expect(() => read(source as unknown as Record<string, string>)).toThrow(new RegExp(`^${name}[^\\n]*$`));
  });

  test('that are wrong are never repeated: they may be a password', () => {
    for (const source of [{ SECRET_STORE_ADMIN_PASSWORD: 'hunter2' }, { DATABASE_URL: 'mysql://u:hunter2@db/x' }, { PORT: 'hunter2' }]) {
      expect(() => read(source as unknown as Record<string, string>)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') as string }));
    }
  });

  test('split an address of a database into fields', () => {
    expect(read({ DATABASE_URL: 'postgresql://ann:p%40ss@db.example:6432/store' }).database).toEqual({
      host: 'db.example',
      port: 6432,
      user: 'ann',
      password: 'p@ss',
      database: 'store',
    });
  });
});
