/** Where a secret's value is: in our database, in a backend that deletes it with the secret, or in one that had it before. */
export type Kept = 'here' | 'elsewhere' | 'linked';

export function keptOf(providerKind: 'internal' | 'plugin', linked: boolean): Kept {
  if (providerKind === 'internal') return 'here';
  return linked ? 'linked' : 'elsewhere';
}
