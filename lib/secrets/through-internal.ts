import { actorOf } from '@/lib/auth/caller';
import { ApiError } from '@/lib/errors';
import { newId, newRevision } from '@/lib/ids';
import { sealForPool } from '@/lib/providers/internal';
import { updateSealed } from '@/lib/secrets/edit-store';
import { secretEvent } from '@/lib/secrets/secret-event';
import { insertSealed, removeLive } from '@/lib/secrets/store';
import type { StoredThrough } from '@/lib/secrets/stored-through';

/** Values sealed to the worker pool, in our own database. */
export const throughInternal: StoredThrough = {
  async create(caller, { id, algorithm, secretKey, shortName, description, provider }, { value }) {
    if (value === undefined) throw new ApiError('CreateRequiresSecretValue', `${provider.name} keeps values itself and has no entries to link. Send secret_value.`);
    const sealed = await sealForPool({ algorithmId: algorithm.id, secretId: id, secretKey, version: 1 }, value);
    const audit = secretEvent('secret.create', actorOf(caller), { id, secret_key: secretKey, version: 1, owner: algorithm.owner, algorithm: algorithm.name }, { provider: provider.name });
    return insertSealed({ id, algorithmId: algorithm.id, secretKey, shortName, description, providerId: provider.id, versionId: newId(), revision: newRevision(), createdBy: caller.userId, ...sealed }, audit);
  },

  async update(caller, before, { shortName, description, value }) {
    const version = before.version + 1;
    const sealed = await sealForPool({ algorithmId: before.algorithm_id, secretId: before.id, secretKey: before.secret_key, version }, value);
    const audit = secretEvent('secret.update', actorOf(caller), { ...before, version }, { value: true });
    return updateSealed(before, { shortName, description, revision: newRevision(), version, versionId: newId(), createdBy: caller.userId, ...sealed }, audit);
  },

  remove: (caller, before) => removeLive(before, newRevision(), secretEvent('secret.remove', actorOf(caller), before)),
};
