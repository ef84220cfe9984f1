import type { Caller } from '@/lib/auth/caller';
import type { AlgorithmOfSecret, SecretInPlace, SecretRow } from '@/lib/secrets/store';

/** A secret that is being made, without its value. */
export interface Creation {
  id: string;
  algorithm: AlgorithmOfSecret;
  secretKey: string;
  shortName: string;
  description: string;
  provider: { id: string; name: string };
}

/** What a new secret is made of: a value, or an entry that its provider has already. */
export interface Content {
  value: string | undefined;
  providerKey: string | undefined;
}

export interface Edit {
  shortName: string;
  description: string;
  value: string;
}

/**
 * How a provider keeps values: the built-in one in our database, a plugin in its backend. Each of these ends with the secret
 * and its audit event committed together, or throws an ApiError and leaves neither a secret without its value nor, in the
 * end, a value without its secret.
 */
export interface StoredThrough {
  create(caller: Caller, creation: Creation, content: Content): Promise<SecretRow>;
  /** Undefined when somebody else's edit came first and this one changed nothing. */
  update(caller: Caller, before: SecretInPlace, edit: Edit): Promise<SecretRow | undefined>;
  /** False when somebody else's edit came first. `forget`: only here, whatever the provider has. */
  remove(caller: Caller, before: SecretInPlace, forget: boolean): Promise<boolean>;
}
