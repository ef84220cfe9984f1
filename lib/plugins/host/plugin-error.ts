/** What a call into a plugin failed of. */
export type PluginErrorKind =
  /** it was not asked: no Java, no host, too many failures before, too many calls */
  | 'unavailable'
  /** no answer in time */
  | 'timeout'
  /** the provider says that the entry is not there; no proof of it, see the read-back rule */
  | 'not-found'
  /** it threw, or answered what cannot be passed on */
  | 'plugin'
  /** it does not fit together with the SDK, its own libraries or this Java */
  | 'link'
  /** its factory class cannot be used */
  | 'factory'
  /** its factory does not make a provider of this configuration */
  | 'configuration'
  /** it said that it stored a value, and the value is not there */
  | 'readback'
  /** its process ended or was ended under the call */
  | 'killed'
  /** the JAR cannot be opened, or is not the one that was uploaded */
  | 'module';

export interface PluginErrorDetails {
  /** what to do, where there is something more to say than the message says */
  cure?: string;
  /** stack frames without messages */
  trace?: string;
  /** false when the plugin was certainly not asked, so that nothing can have changed in its backend */
  reached?: boolean;
  /** of an entry that a failed create may have left in the backend */
  providerKey?: string;
  /** when a call may succeed again, if it was refused because of failures before it */
  retryAt?: Date;
}

/** A failed call. Message and cure are sentences for an administrator and hold no value and no configuration value. */
export class PluginError extends Error {
  override readonly name = 'PluginError';
  readonly cure: string | undefined;
  readonly trace: string | undefined;
  readonly reached: boolean;
  readonly providerKey: string | undefined;
  readonly retryAt: Date | undefined;

  constructor(
    readonly kind: PluginErrorKind,
    message: string,
    details: PluginErrorDetails = {},
  ) {
    super(message);
    this.cure = details.cure;
    this.trace = details.trace;
    this.reached = details.reached ?? false;
    this.providerKey = details.providerKey;
    this.retryAt = details.retryAt;
  }
}
