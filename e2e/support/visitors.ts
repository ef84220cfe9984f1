import type { Cookie, Page } from '@playwright/test';
import { firstAdmin } from '@/e2e/support/global-setup';
import { makeAdminKey, Operator } from '@/e2e/support/operator';
import { uniqueName } from '@/e2e/support/people';

/** Somebody who can sign in. */
export interface Visitor {
  username: string;
  password: string;
}

let operator: Promise<Operator> | undefined;

/** The first admin, by API. */
export function theOperator(): Promise<Operator> {
  const url = process.env.E2E_URL ?? '';
  operator ??= makeAdminKey(url).then((key) => new Operator(url, key));
  return operator;
}

/** Adds a user whose name begins with `stem`, at most 12 characters. */
export async function addVisitor(stem: string): Promise<Visitor> {
  const username = uniqueName(stem);
  const password = `${username} likes long passwords`;
  const api = await theOperator();
  await api.done('POST', '/v1/users', { username, password, email: `${username}@example.com` });
  return { username, password };
}

const sessions = new Map<string, Cookie[]>();

/** Makes the page's browser one in which `who` is signed in, without the sign-in page; undefined: nobody is. */
export async function become(page: Page, who: Visitor | undefined): Promise<void> {
  const context = page.context();
  await context.clearCookies();
  if (!who) return;
  const known = sessions.get(who.username);
  if (known) return context.addCookies(known);
  const { request } = context;
  const { csrfToken } = (await (await request.get('/api/auth/csrf')).json()) as { csrfToken: string };
  const answer = await request.post('/api/auth/callback/credentials', { form: { csrfToken, ...who, json: 'true' } });
  if (!answer.ok()) throw new Error(`${who.username} cannot sign in: ${answer.status()}`);
  sessions.set(who.username, await context.cookies());
}

export const theAdmin: Visitor = firstAdmin;
