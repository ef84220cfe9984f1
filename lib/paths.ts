/** Every page's link and every API address that a page calls, spelled here and nowhere else. */

const at = (strings: TemplateStringsArray, ...parts: string[]) =>
  strings.reduce((path, text, index) => path + encodeURIComponent(parts[index - 1] ?? '') + text);

function queryOf(parts: Record<string, string | undefined>): string {
  const query = Object.entries(parts).flatMap(([name, value]) => (value ? [`${name}=${encodeURIComponent(value)}`] : []));
  return query.length === 0 ? '' : `?${query.join('&')}`;
}

export const paths = {
  home: () => '/',
  /** `from` is the page to come back to. */
  signIn: (from?: string) => (from && from !== '/' ? `/sign-in?from=${encodeURIComponent(from)}` : '/sign-in'),
  setPassword: () => '/set-password',
  documentation: (section?: DocumentationSection) => (section ? `/documentation#${section}` : '/documentation'),
  algorithms: () => '/algorithms',
  /** The page of those that are older than this one. */
  algorithmsBefore: (id: string) => at`/algorithms?before=${id}`,
  newAlgorithm: () => '/algorithms/new',
  algorithm: (owner: string, name: string) => at`/algorithms/${owner}/${name}`,
  algorithmSettings: (owner: string, name: string) => at`/algorithms/${owner}/${name}/settings`,
  newSecret: (owner: string, name: string) => at`/algorithms/${owner}/${name}/secrets/new`,
  updateSecret: (owner: string, name: string, secretId: string) => at`/algorithms/${owner}/${name}/secrets/${secretId}/update`,
  secretStore: () => '/admin/secret-store',
  newProvider: () => '/admin/secret-store/new',
  /** The list as it is filtered. */
  secretStoreFiltered: (query: string, status: string) => `/admin/secret-store${queryOf({ q: query, status })}`,
  provider: (id: string) => at`/admin/secret-store/${id}`,
  /** With `before` those that are older than this one. */
  providerSecrets: (id: string, before?: string) => `${at`/admin/secret-store/${id}/secrets`}${queryOf({ before })}`,
  providerModules: (id: string) => at`/admin/secret-store/${id}/modules`,
  providerLog: (id: string) => at`/admin/secret-store/${id}/log`,
  updateProvider: (id: string) => at`/admin/secret-store/${id}/update`,
  apiKeys: () => '/api-keys',
};

export type DocumentationSection = 'secrets' | 'secret-store' | 'api' | 'first-admin';

/** Where a person goes after signing in: the page they came for when it is one of ours, else the start. */
export function afterSignIn(wanted: string | string[] | undefined): string {
  if (typeof wanted !== 'string' || !/^\/(?![/\\])[\x21-\x7e]*$/.test(wanted) || wanted.includes('\\')) return paths.home();
  return wanted;
}

export const endpoints = {
  openapi: () => '/v1/openapi.json',
  passwordLink: () => '/v1/password-links/redeem',
  algorithmsOf: (owner: string) => at`/v1/algorithms/${owner}`,
  algorithm: (owner: string, name: string) => at`/v1/algorithms/${owner}/${name}`,
  secrets: (algorithmId: string) => at`/v1/algorithms/${algorithmId}/secrets`,
  secret: (algorithmId: string, secretId: string) => at`/v1/algorithms/${algorithmId}/secrets/${secretId}`,
  /** Takes a secret from here and leaves its backend as it is. */
  forgetSecret: (algorithmId: string, secretId: string) => at`/v1/algorithms/${algorithmId}/secrets/${secretId}?forget=true`,
  restoreSecret: (algorithmId: string, secretId: string) => at`/v1/algorithms/${algorithmId}/secrets/${secretId}/restore`,
  providers: () => '/v1/admin/secret-provider',
  provider: (id: string) => at`/v1/admin/secret-provider/${id}`,
  /** Removes a provider also while entries wait to be deleted in its backend: they stay there. */
  forgetProvider: (id: string) => at`/v1/admin/secret-provider/${id}?forget=true`,
  /** Where a module is uploaded before its provider is saved. */
  looseModule: () => '/v1/admin/plugins/secret-provider/module',
  /** Where the module of a saved provider is uploaded. */
  uploadModule: (id: string) => at`/v1/admin/plugins/secret-provider/${id}`,
  /** Where a provider is given a module that was uploaded already. */
  chooseModule: (id: string) => at`/v1/admin/plugins/secret-provider/${id}/module`,
  /** Where a provider is tested as it is saved. */
  testProvider: (id: string) => at`/v1/admin/plugins/secret-provider/${id}/test`,
  tryProvider: () => '/v1/admin/plugins/secret-provider/test',
  defaultProvider: (id: string) => at`/v1/admin/plugins/secret-provider/${id}/default`,
  keysOf: (username: string) => at`/v1/users/${username}/keys`,
  key: (username: string, id: string) => at`/v1/users/${username}/keys/${id}`,
};

/** By this header `proxy.ts` tells a page its own path, so that it can be come back to after signing in. */
export const pagePathHeader = 'x-page-path';
