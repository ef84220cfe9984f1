import { describe, expect, test } from 'vitest';
import { settingsFieldsOf, settingsFieldsSchema, settingsOfFields, type SettingsFields } from '@/components/forms/settings-fields';

const typed = (fields: Partial<SettingsFields>): SettingsFields => ({ ...settingsFieldsOf(undefined), ...fields });
const faultOf = (fields: Partial<SettingsFields>) => settingsFieldsSchema.safeParse(typed(fields)).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`);

describe('operator settings in a form', () => {
  test('blank fields set nothing', () => {
    expect(settingsOfFields(typed({ heapMb: '  ', jvmOptions: '\n' }))).toEqual({});
  });

  test('what is saved comes back as it was, whatever kind it is', () => {
    const settings = {
      heapMb: 256,
      jvmOptions: ['-Xss2m', '-Dname=a b'],
      proxyExceptions: ['*.example.com', 'localhost'],
      extraCaPem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      readablePaths: ['/etc/a folder'],
      azureAuthorityHost: 'https://login.microsoftonline.us/',
    };
    expect(settingsFieldsSchema.safeParse(settingsFieldsOf(settings)).success).toBe(true);
    expect(settingsOfFields(settingsFieldsOf(settings))).toEqual(settings);
  });

  test('a number can have its thousands apart, and lists any separator that people use', () => {
    expect(settingsOfFields(typed({ heapMb: '1,024', proxyExceptions: 'a.example, b.example|c.example' }))).toEqual({ heapMb: 1_024, proxyExceptions: ['a.example', 'b.example', 'c.example'] });
  });

  test('what the API would refuse is said at its own field, an option that is not allowed by its name', () => {
    expect(faultOf({ heapMb: 'much' })).toEqual(['heapMb must be a number.']);
    expect(faultOf({ heapMb: '1', callTimeoutSeconds: '0.5' })).toEqual(['heapMb must be 16 or more.', 'callTimeoutSeconds must be a whole number.']);
    expect(faultOf({ httpsProxy: 'https://proxy.example' })).toEqual(['httpsProxy must be HOST:PORT, such as proxy.example.com:3128.']);
    expect(faultOf({ jvmOptions: '-Xss1m\n-javaagent:/tmp/x.jar' })).toEqual([expect.stringContaining('jvmOptions -javaagent:/tmp/x.jar is not allowed.')]);
    expect(faultOf({ extraCaPem: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' })).toEqual([expect.stringContaining('A private key does not belong here')]);
    expect(faultOf({ readablePaths: '../etc' })).toEqual([expect.stringContaining('readablePaths must be')]);
  });
});
