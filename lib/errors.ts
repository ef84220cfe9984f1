/**
 * The contract's error catalogue: the original's names and numbers, our statuses (contract, section 1).
 * `about` is for whoever reads the code or the API document; messages are written where the error happens.
 */
export const errorCatalogue = {
  AlgorithmNotFound: { code: 1000, status: 404, about: 'There is no such algorithm, or you may not know of it.' },
  AlgorithmNameHasBeenTaken: { code: 1002, status: 409, about: 'The owner has an algorithm of this name already.' },
  AlgorithmIdDoesNotExist: { code: 1009, status: 404, about: 'No algorithm has this id, or you may not know of it.' },
  NotAuthorized: { code: 2001, status: 403, about: 'You are known, but may not do this.' },
  NotAuthenticated: { code: 2002, status: 401, about: 'No valid credentials came with the request.' },
  MalformedJson: { code: 2013, status: 400, about: 'The body is no JSON, names a member twice, or is nested too deep.' },
  InvalidRequest: { code: 2015, status: 400, about: 'The request cannot be carried out as it is.' },
  PathNotFound: { code: 2015, status: 404, about: 'There is nothing at this path, or no such API key.' },
  MethodNotAllowed: { code: 2015, status: 405, about: 'The path does not have this method.' },
  RequestTooSlow: { code: 2015, status: 408, about: 'The request took longer than 30 seconds to arrive.' },
  InUse: { code: 2015, status: 409, about: 'Something else still uses it.' },
  RequestTooLarge: { code: 2015, status: 413, about: 'The body is over the limit.' },
  TooManyRequests: { code: 2015, status: 429, about: 'Too many attempts; wait.' },
  UserNotFound: { code: 3000, status: 404, about: 'There is no such user, or you may not know of them.' },
  UsernameHasBeenTaken: { code: 3003, status: 409, about: 'A user or an organization has this name already.' },
  EmailAddressHasBeenTaken: { code: 3004, status: 409, about: 'A user has this e-mail address already.' },
  MissingRequiredFields: { code: 3005, status: 400, about: 'A required field of the user is missing.' },
  OrganizationNotFound: { code: 3100, status: 404, about: 'There is no such organization, or you may not know of it.' },
  OrganizationAlreadyExists: { code: 3101, status: 409, about: 'A user or an organization has this name already.' },
  MalformedOrganizationJson: { code: 3103, status: 400, about: 'The organization lacks a field or has one of a wrong type.' },
  OrganizationTypeNotFound: { code: 3108, status: 400, about: 'There is no such type of organization.' },
  InternalServerError: { code: 5001, status: 500, about: 'A fault of ours; the log has the cause under the request id.' },
  Unavailable: { code: 5001, status: 503, about: 'A part that is needed is away for the moment; try again.' },
  InputValidationError: { code: 6001, status: 400, about: 'A field is missing, unknown, of a wrong type or out of bounds.' },
  ProviderNameTaken: { code: 6001, status: 409, about: 'A provider has this name already.' },
  MalformedAlgorithmSecretRequestJson: { code: 8000, status: 400, about: 'The secret lacks a field or has one of a wrong type.' },
  SecretMetadataConstraintViolation: { code: 8001, status: 400, about: "The secret's key, name or size is bad, or the key is taken." },
  DefaultSecretProviderNotFound: { code: 8002, status: 409, about: 'No provider is the default one.' },
  CreateSecretNotSupported: { code: 8003, status: 409, about: 'This provider cannot create secrets.' },
  CreateRequiresSecretValue: { code: 8004, status: 400, about: 'A new secret needs its value.' },
  CannotModifyInternalSecretProvider: { code: 8005, status: 403, about: 'The built-in provider is never edited or deleted.' },
  SecretProviderNotFound: { code: 8006, status: 404, about: 'There is no such secret provider.' },
  EditSecretFailed: { code: 8007, status: 502, about: 'The provider failed to update the value.' },
  SecretNotFound: { code: 8008, status: 404, about: 'The algorithm has no such secret.' },
  SecretProviderFailed: { code: 8009, status: 502, about: 'The provider or its backend failed.' },
  UnableToDeleteSecret: { code: 8010, status: 502, about: 'The provider failed to delete the value.' },
  UnableToSetDefaultSecretProvider: { code: 8011, status: 409, about: 'This provider cannot be the default one.' },
  SecretProviderDisabled: { code: 8012, status: 409, about: 'The provider is disabled.' },
  UnableToDeleteDefaultSecretProvider: { code: 8013, status: 409, about: 'The default provider cannot be deleted.' },
  EditSecretNotSupported: { code: 8014, status: 409, about: 'This provider cannot update secrets.' },
} as const satisfies Record<string, { code: number; status: number; about: string }>;

export type ErrorName = keyof typeof errorCatalogue;

/** An error whose message may be shown to whoever asked. Its message never holds a value, a configuration value or a key. */
export class ApiError extends Error {
  readonly errorName: ErrorName;
  readonly code: number;
  readonly status: number;
  /** What is wrong with which field, for forms. */
  readonly fields: Record<string, string> | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** True when the refusal hides what the caller may not know of: it is audited like one that says so. */
  readonly hides: boolean;

  constructor(errorName: ErrorName, message: string, options: { fields?: Record<string, string>; retryAfterSeconds?: number; hides?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ApiError';
    this.errorName = errorName;
    this.code = errorCatalogue[errorName].code;
    this.status = errorCatalogue[errorName].status;
    this.fields = options.fields;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.hides = options.hides ?? false;
  }
}

/** What every answer that is no success carries (contract, section 1). */
export interface ErrorBody {
  error: { id: string; code: number; message: string; fields?: Record<string, string> };
}
