import { expect, test } from 'vitest';
import { cureFor } from './cures';

test.each([
  ['IllegalStateException: A default HttpClient provider was not found: com.azure.core.http.HttpClientProvider', 'META-INF/services'],
  ['UnsupportedClassVersionError: a/B has been compiled by a more recent version (class file version 65.0), this version recognizes up to 61.0', 'Java 21. This one is 17.0.15'],
  ['InvalidAlgorithmParameterException: the trustAnchors parameter must be non-empty', 'trustStore'],
  ['SSLHandshakeException: PKIX path building failed: unable to find valid certification path to requested target', 'extra CA'],
  ['UnknownHostException: vault.exampel', 'typing errors'],
  ['ConnectException: Connection refused', 'Nothing listens'],
  ['SocketTimeoutException: Read timed out', 'did not answer in time'],
  ['SSLException: Unsupported or unrecognized SSL message', 'https'],
  ['VaultException: Vault responded with HTTP status code: 403', 'refuses the credentials'],
  ['VaultException: Vault responded with HTTP status code: 503', 'unsealed'],
  ['SSLHandshakeException: No subject alternative DNS name matching a.b found.', 'host name'],
  ['NoSuchFileException: /srv/keys/client.p12', 'Open the path'],
  ['ClientAuthenticationException: AADSTS7000215: Invalid client secret provided', 'credentials'],
])('%s', (message, cure) => {
  expect(cureFor(message, '17.0.15')).toContain(cure);
});

test('what nobody has a cure for gets none', () => {
  expect(cureFor('IllegalArgumentException: vault_addr is missing', '17')).toBeUndefined();
});
