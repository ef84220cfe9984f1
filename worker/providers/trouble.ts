import { PluginError } from '@/lib/plugins/host/plugin-error';
import type { RefusalCause } from '@/lib/schemas/delivery';

/** A value cannot be had now: an outage, for which there may be a last good value. The message is for people. */
export class NotAvailable extends Error {
  override readonly name = 'NotAvailable';
}

/** What the server did not sign, or what is not what it signed: nothing is started. The message is for people. */
export class Tampered extends Error {
  override readonly name = 'Tampered';

  constructor(
    readonly reason: RefusalCause,
    message: string,
  ) {
    super(message);
  }
}

/** Why a value is not to be had, in words, with what to do. */
export function reasonOf(error: unknown): string {
  if (error instanceof PluginError) return error.cure === undefined ? error.message : `${error.message} ${error.cure}`;
  return error instanceof Error ? error.message : 'unknown failure';
}
