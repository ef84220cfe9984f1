import type { Operator } from '@/e2e/support/operator';
import { uniqueName } from '@/e2e/support/people';
import { jarForm } from '@/e2e/support/upload';
import { addVisitor, theAdmin, theOperator, type Visitor } from '@/e2e/support/visitors';
import { moduleBytes } from '@/lib/plugins/inspect/testing/modules';

/** Who visits a page in the tests that visit all of them. */
export type Role = 'nobody' | 'admin' | 'viewer' | 'owner' | 'executor' | 'newcomer';

/** Something to see on every page, made by API, apart from what other tests make. */
export interface Scene {
  /** Who each role is; nobody is signed in as `nobody`. */
  people: Record<Role, Visitor | undefined>;
  /** An organization; `owner` is a member of it and `executor` an executor. */
  organization: string;
  /** Names of algorithms of the organization. */
  full: string;
  empty: string;
  /** The secrets of `full`: their ids, in the order of their names. */
  secrets: string[];
  /** The id of a provider that has its module and two key value pairs. */
  provider: string;
  /** The id of the built-in one. */
  builtIn: string;
}

/** Long, so that what does not fit is seen. */
const longName = 'FEATURE_STORE_CLIENT_CERTIFICATE_PRIVATE_KEY_OF_THE_PRODUCTION_CLUSTER_IN_EU_WEST_2';
/** What the scene's secrets hold; it must be on no page. */
export const storedValue = 'Zq7-stored-and-never-shown';

export async function setScene(): Promise<Scene> {
  const api = await theOperator();
  const [viewer, owner, executor, newcomer] = await Promise.all([addVisitor('viewer'), addVisitor('owner'), addVisitor('executor'), addVisitor('newcomer')]);
  const organization = uniqueName('acme');
  await Promise.all([
    api.done('POST', `/admin/roles/${viewer.username}/cluster_viewer`),
    api.done('POST', '/v1/organizations', { org_name: organization }),
  ]);
  await api.done('PUT', `/v1/organizations/${organization}/members/${owner.username}`, { role: 'member' });
  await api.done('PUT', `/v1/organizations/${organization}/members/${executor.username}`, { role: 'executor' });
  const [full, empty] = [uniqueName('fraud_score'), uniqueName('a_name_as_long_as_names_of_algorithms_can_be')];
  const made = await api.done('POST', `/v1/algorithms/${organization}`, { name: full, details: { label: 'Fraud score' } });
  await api.done('POST', `/v1/algorithms/${organization}`, { name: empty });
  const secrets: string[] = [];
  for (const [name, key, description] of [
    ['Feature store certificate', longName, 'The private half, in PEM. Renewed each quarter by the platform team.'],
    ['MySQL production', 'MYSQL_PASSWORD', ''],
    ['Stripe', 'STRIPE_API_KEY', 'Restricted key: read charges.'],
  ]) {
    const answer = await api.done('POST', `/v1/algorithms/${String(made.json().id)}/secrets`, { short_name: name, secret_key: key, secret_value: `${storedValue} ${key}`, description });
    secrets.push(String(answer.json().id));
  }
  for (const [key_label, key_type] of [['Nightly deploy', 'AlgorithmKey'], ['', 'AlgorithmKey']]) {
    await api.done('POST', `/v1/users/${owner.username}/keys`, { key_label, key_type });
  }
  const provider = await addProvider(api);
  const [builtIn = ''] = (await api.done('GET', '/v1/admin/secret-provider')).json<{ id: string; moduleName: string; factoryClassName: string }[]>().filter(({ factoryClassName }) => factoryClassName.endsWith('.InternalSecretProviderFactory')).map(({ id }) => id);
  return { people: { nobody: undefined, admin: theAdmin, viewer, owner, executor, newcomer }, organization, full, empty, secrets, provider, builtIn };
}

async function addProvider(api: Operator): Promise<string> {
  const made = await api.done('POST', '/v1/admin/secret-provider', {
    name: uniqueName('secrets_of_the_platform_team_in_eu_west'),
    description: 'Kept where the platform team keeps its own.',
    factoryClassName: 'com.example.Factory',
    configuration: { vault_addr: 'https://vault.example.com', the_secret_path_of_all_algorithms: 'secret/algorithms' },
  });
  const id = String(made.json().id);
  const { headers, body } = jarForm(moduleBytes(), 'platform-secrets-1.0.0.jar');
  const uploaded = await fetch(`${api.url}/v1/admin/plugins/secret-provider/${id}`, { method: 'POST', headers: { ...headers, authorization: `Simple ${api.key}` }, body: Uint8Array.from(body) });
  if (!uploaded.ok) throw new Error(await uploaded.text());
  return id;
}
