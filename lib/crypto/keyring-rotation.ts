import { KeyringError, addPrimaryKey, addSigner, retireKey, type Keyring } from '@/lib/crypto/keyring';
import { generateSeed } from '@/lib/crypto/keys';

/*
 * A keyring's keys are replaced in steps, so that several servers with copies of one file can follow one after another: new
 * keys are known everywhere before the first thing is sealed or signed with one, and old ones until nothing needs them.
 */

/** The ids of the keys that seal records and that sign. */
export interface KeyIds {
  primary: string;
  signer: string;
}

/** The newest key of each kind, used already or not. */
export function newestKeys({ keys, signing, primary, signer }: Keyring): KeyIds {
  return { primary: keys[0]?.id ?? primary, signer: signing[0]?.signingKey.verifyKey.id ?? signer };
}

/** Whether the keyring holds keys that were prepared and are not used yet. */
export function hasPrepared(keyring: Keyring): boolean {
  const newest = newestKeys(keyring);
  return newest.primary !== keyring.primary || newest.signer !== keyring.signer;
}

/** Whether it holds both of these keys, whatever they are used for. */
export function holdsKeys({ keys, signing }: Keyring, { primary, signer }: KeyIds): boolean {
  return keys.some(({ id }) => id === primary) && signing.some(({ signingKey }) => signingKey.verifyKey.id === signer);
}

/** With a new key of each kind, which opens and is trusted, and is not used yet. */
export function prepareKeys(keyring: Keyring, now: Date = new Date()): Keyring {
  if (hasPrepared(keyring)) throw new KeyringError('The keyring has new keys already that are not used yet');
  const { keys, signing } = addSigner(addPrimaryKey(keyring, now), now);
  return { ...keyring, keys, signing };
}

/** With the prepared keys in use, and another secret under sessions; what it had before still opens, and is trusted. */
export function switchToPrepared(keyring: Keyring): Keyring {
  if (!hasPrepared(keyring)) throw new KeyringError('The keyring has no new keys');
  return { ...keyring, ...newestKeys(keyring), sessionSecret: generateSeed() };
}

/** More than a server has in its life; workers have forgotten the oldest long since. */
const mostRetired = 64;

/** With the keys in use only. What is still sealed under another is lost, and what another has signed is trusted no more. */
export function retireOthers(keyring: Keyring): Keyring {
  if (hasPrepared(keyring)) throw new KeyringError('The keyring has new keys that are not used yet');
  const others = keyring.keys.filter(({ id }) => id !== keyring.primary);
  const signing = keyring.signing.filter(({ signingKey }) => signingKey.verifyKey.id === keyring.signer);
  const retired = keyring.signing.filter((each) => !signing.includes(each)).map(({ signingKey }) => signingKey.verifyKey.raw);
  return { ...others.reduce((left, { id }) => retireKey(left, id), keyring), signing, retired: [...keyring.retired, ...retired].slice(-mostRetired) };
}
