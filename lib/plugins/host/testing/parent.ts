import { TestClients } from './clients';

/**
 * A parent to be killed: starts a plugin in the tier of its first argument that forks a process of the given mark, and prints the ids of the
 * JVM and of itself.
 */
const [tier, mark] = process.argv.slice(2);
const clients = new TestClients();
const client = await clients.make('hostile', { what: 'fork', command: `sleep ${mark}` }, { tier: tier === 'bubblewrap' || tier === 'own-user' ? tier : 'plain' });
await client.getSecret('any');
console.log(JSON.stringify({ pid: client.status().pid, folder: clients.folder }));
setInterval(() => {}, 60_000);
