/**
 * Every kind of audit event, as data: what it is about, and the sentence that stands for it. A change that is not in this
 * table cannot be recorded, and a change that is not recorded cannot be made.
 */
export const auditActions = {
  'session.begin': { object: 'user', about: 'signed in' },
  'request.refuse': { object: 'request', about: 'was refused' },
  'user.create': { object: 'user', about: 'created a user' },
  'user.delete': { object: 'user', about: 'deleted a user' },
  'user.password-link': { object: 'user', about: 'made a one-time link to set a password' },
  'user.set-password': { object: 'user', about: 'set a password' },
  'role.grant': { object: 'user', about: 'granted a role' },
  'role.revoke': { object: 'user', about: 'took a role back' },
  'api-key.create': { object: 'api-key', about: 'created an API key' },
  'api-key.revoke': { object: 'api-key', about: 'revoked an API key' },
  'organization.create': { object: 'organization', about: 'created an organization' },
  'organization.update': { object: 'organization', about: 'changed an organization' },
  'organization.delete': { object: 'organization', about: 'deleted an organization' },
  'member.set': { object: 'organization', about: 'added a member or changed their role' },
  'member.remove': { object: 'organization', about: 'removed a member' },
  'algorithm.create': { object: 'algorithm', about: 'created an algorithm' },
  'algorithm.delete': { object: 'algorithm', about: 'deleted an algorithm and its secrets' },
  'provider.create': { object: 'provider', about: 'added a secret provider' },
  'provider.update': { object: 'provider', about: 'changed a secret provider' },
  'provider.enable': { object: 'provider', about: 'enabled a secret provider' },
  'provider.disable': { object: 'provider', about: 'disabled a secret provider' },
  'provider.set-default': { object: 'provider', about: 'made a secret provider the default' },
  'provider.test': { object: 'provider', about: 'tested a secret provider' },
  'provider.deliver': { object: 'provider', about: 'received a secret provider’s configuration, sealed to it' },
  'provider.delete': { object: 'provider', about: 'removed a secret provider' },
  'module.upload': { object: 'provider', about: 'uploaded a secret provider’s module' },
  'module.revert': { object: 'provider', about: 'went back to an earlier module of a secret provider' },
  'secret.create': { object: 'secret', about: 'created a secret' },
  'secret.update': { object: 'secret', about: 'changed a secret' },
  'secret.remove': { object: 'secret', about: 'removed a secret' },
  'secret.restore': { object: 'secret', about: 'took back the removal of a secret' },
  'secret.settle': { object: 'secret', about: 'settled a change of a secret that was cut off' },
  'secret.deliver': { object: 'algorithm', about: 'received an algorithm’s sealed secrets' },
  'secret.open': { object: 'algorithm', about: 'started an algorithm with its secrets while away' },
  'worker.token': { object: 'worker', about: 'made a token for a new worker' },
  'worker.join': { object: 'worker', about: 'asked to join' },
  'worker.session': { object: 'worker', about: 'connected' },
  'worker.approve': { object: 'worker', about: 'approved a worker' },
  'worker.revoke': { object: 'worker', about: 'revoked a worker' },
  'keyring.prepare': { object: 'keyring', about: 'prepared new keys of the server' },
  'keyring.rotate': { object: 'keyring', about: 'changed the keys of the server' },
  'keyring.reseal': { object: 'keyring', about: 'sealed and signed with the server’s new keys' },
  'keyring.retire': { object: 'keyring', about: 'removed old keys of the server' },
  'pool.create': { object: 'pool', about: 'made the pool’s key' },
  'pool.grant': { object: 'pool', about: 'handed the pool’s key on' },
  'pool.want-rotation': { object: 'pool', about: 'asked for a new pool key' },
  'pool.rotate': { object: 'pool', about: 'made the pool’s next key' },
  'pool.reseal': { object: 'pool', about: 'sealed stored values to the pool’s newest key' },
} as const satisfies Record<string, { object: string; about: string }>;

export type AuditAction = keyof typeof auditActions;
export type AuditOutcome = 'done' | 'refused' | 'failed';

/** Who did it. Nothing here is ever a value, a configuration value or a key. */
export interface AuditActor {
  kind: 'user' | 'worker' | 'system' | 'anonymous';
  id?: string | undefined;
  name?: string | undefined;
  requestId?: string | undefined;
  address?: string | undefined;
}

export interface AuditEntry {
  action: AuditAction;
  outcome?: AuditOutcome;
  actor: AuditActor;
  object?: { id?: string | undefined; name?: string | undefined };
  /** Facts about the change: names, ids, counts. */
  details?: Record<string, string | number | boolean | string[]>;
}
