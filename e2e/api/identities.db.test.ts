import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePerson, startApi, type TestApi } from '@/e2e/support/api';
import { signInWithIdentity, type OidcProfile } from '@/lib/auth/oidc';
import { newId } from '@/lib/ids';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

let count = 0;
async function signedIn(claim: OidcProfile['email_verified']): Promise<boolean> {
  const person = await makePerson(`person${++count}`);
  const [row] = await api.query<{ email: string }>('SELECT email FROM users WHERE id = $1', [person.id]);
  const known = await signInWithIdentity('https://issuer.example', { sub: `sub${count}`, email: row?.email, email_verified: claim }, { requestId: newId(), address: '192.0.2.1' });
  return known?.id === person.id;
}

test.each([true, 'true'])('an identity whose address is verified (%j) is tied to the user who has it', async (claim) => {
  expect(await signedIn(claim)).toBe(true);
});

test.each([false, 'false', 'no', '', undefined])('one whose address is not verified (%j) is tied to nobody', async (claim) => {
  expect(await signedIn(claim)).toBe(false);
});
