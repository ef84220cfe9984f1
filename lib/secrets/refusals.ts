import { ApiError } from '@/lib/errors';

export const noAlgorithm = () => new ApiError('AlgorithmIdDoesNotExist', 'No algorithm has this id. GET /v1/algorithms/OWNER/NAME answers the id of one.');

export const noSecret = () => new ApiError('SecretNotFound', 'This algorithm has no such secret. It may have been removed already.');

export const noProvider = () => new ApiError('SecretProviderNotFound', 'No secret provider has this provider_id. GET /v1/secret-provider lists those that can be used.');

export const keyTaken = (key: string) =>
  new ApiError('SecretMetadataConstraintViolation', `This algorithm has a secret named ${key} already. Update that one, or choose another name.`, {
    fields: { secret_key: 'is taken: this algorithm has a secret of this name. Choose another, or update that one.' },
  });
