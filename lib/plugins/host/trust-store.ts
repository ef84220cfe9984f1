import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { copyFile, chmod, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Java } from '../java';
import { PluginError } from './plugin-error';

const run = promisify(execFile);

/** It protects nothing: the store holds public certificates. But Java reads none from a store without a password. */
export const trustStorePassword = 'changeit';

/** The certificates of a PEM text, each by itself. Throws PluginError `configuration` when it holds none, or a broken one. */
export function certificatesOf(pem: string): string[] {
  const blocks = pem.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? [];
  try {
    if (blocks.length === 0) throw new Error('none');
    return blocks.map((block) => new X509Certificate(block).toString());
  } catch {
    throw new PluginError('configuration', 'The extra CA is no certificate in PEM form.', {
      cure: 'Paste the certificate of the authority, with its lines BEGIN CERTIFICATE and END CERTIFICATE. A private key does not belong there.',
    });
  }
}

const underWay = new Map<string, Promise<string>>();

/**
 * A PKCS12 file with Java's own authorities plus those of a PEM text, since Java takes a trust store instead of its own, not besides.
 * Made once for each content, and readable by all: a plugin may run as another user.
 * @param folder where such files are kept
 */
export function trustStore(java: Java, pem: string, folder: string): Promise<string> {
  const hash = createHash('sha256').update(`${java.home}\0${java.version}\0${pem}`).digest('hex').slice(0, 32);
  const file = path.join(folder, `trust-${hash}.p12`);
  const known = underWay.get(file);
  if (known) return known;
  const made = make(java, certificatesOf(pem), file).finally(() => underWay.delete(file));
  underWay.set(file, made);
  return made;
}

async function make(java: Java, certificates: string[], file: string): Promise<string> {
  const isThere = await stat(file).then(
    ({ size }) => size > 0,
    () => false,
  );
  if (isThere) return file;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o711 });
  const draft = await mkdtemp(`${file}.`);
  const store = path.join(draft, 'store');
  const keytool = (...args: string[]) =>
    run(path.join(java.home, 'bin/keytool'), ['-J-XX:TieredStopAtLevel=1', '-J-Xmx64m', ...args], { env: { NODE_ENV: 'production', LANG: 'C.UTF-8' }, timeout: 60_000 });
  const into = ['-keystore', store, '-storepass', trustStorePassword, '-noprompt'];
  try {
    const own = path.join(draft, 'own');
    await copyFile(path.join(java.home, 'lib/security/cacerts'), own);
    await keytool('-importkeystore', '-srckeystore', own, '-srcstorepass', trustStorePassword, '-destkeystore', store, '-deststoretype', 'PKCS12', '-deststorepass', trustStorePassword, '-noprompt');
    for (const [index, certificate] of certificates.entries()) {
      const pem = path.join(draft, `${index}.pem`);
      await writeFile(pem, certificate);
      await keytool('-importcert', ...into, '-alias', `secret-store-extra-${index}`, '-file', pem);
    }
    await chmod(store, 0o444);
    await rename(store, file);
    return file;
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error && typeof error.stdout === 'string' ? error.stdout.trim().split('\n')[0] : '';
    throw new PluginError('unavailable', `Java's keytool could not add the extra CA to Java's own certificates${said ? ` (${said.slice(0, 200)})` : ''}.`, {
      cure: 'Check that keytool and lib/security/cacerts belong to the Java in use, and that the disk is not full.',
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
