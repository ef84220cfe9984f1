import { cureFor } from './cures';
import type { HostProcess } from './host-process';
import { plainWords } from './plain-words';
import { PluginError, type PluginErrorKind } from './plugin-error';
import { WrongAnswer, type ProviderCall } from './protocol';
import type { Redactor } from './redaction';
import { CallTimedOut, ConnectionLost, MessageTooLarge, RpcError } from './rpc-connection';
import type { HostSettings } from './settings';

/** What was asked of a plugin's process. */
export type HostStep = ProviderCall | 'start' | 'load' | 'create';

export interface FailureFacts {
  /** the provider's */
  name: string;
  step: HostStep;
  settings: Pick<HostSettings, 'startTimeoutMs' | 'callTimeoutMs'>;
  redactor: Redactor;
  /** the process that was asked, if one was there */
  host?: { java: string | undefined; ended: HostProcess['ended'] };
}

/** What stands before a plugin's own words, for each kind that the protocol has. */
const kinds: Record<string, PluginErrorKind> = {
  'not-found': 'not-found', plugin: 'plugin', link: 'link', factory: 'factory', configuration: 'configuration', module: 'module', busy: 'unavailable',
};

/** Turns whatever a call failed of into what an administrator can read. */
export async function explainFailure(error: unknown, { name, step, settings, redactor, host }: FailureFacts): Promise<PluginError> {
  if (error instanceof PluginError) return error;
  if (error instanceof RpcError) {
    const said = plainWords(redactor.redact(error.message));
    const cure = cureFor(said, host?.java);
    return new PluginError(kinds[error.kind] ?? 'unavailable', `${step} failed: ${said}`, {
      reached: error.kind !== 'busy' && error.kind !== 'protocol',
      ...(cure === undefined ? {} : { cure }),
      ...(error.trace === undefined ? {} : { trace: redactor.redact(error.trace) }),
    });
  }
  if (error instanceof CallTimedOut) {
    const seconds = (step === 'start' || step === 'load' ? settings.startTimeoutMs : settings.callTimeoutMs) / 1_000;
    return new PluginError('timeout', `${step} did not answer within ${seconds} s and was given up.`, {
      reached: true,
      cure: 'Check that the backend can be reached from here, and its proxy; then, if it is only slow, allow the call more time.',
    });
  }
  if (error instanceof ConnectionLost && host) {
    const end = await host.ended;
    return new PluginError(end.wasWanted ? 'unavailable' : 'killed', `${step} was not answered: the plugin's process ${end.reason}.`, {
      reached: error.sent,
      cure: killCure(end.reason),
    });
  }
  if (error instanceof MessageTooLarge) return new PluginError('plugin', `${step}: the value is longer than a plugin can be given (4 MiB).`);
  if (error instanceof WrongAnswer) return new PluginError('plugin', `${step} failed: the plugin host's answer is not one of its protocol. ${error.message}.`, { reached: true });
  const reason = error instanceof Error ? error.message.split('\n')[0] : 'unknown';
  return new PluginError('unavailable', `The process of the provider ${name} could not be started: ${reason}`);
}

function killCure(reason: string): string {
  if (reason.includes('heap')) return 'Give it a larger heap, if the plugin needs one; the next call starts it again.';
  if (reason.includes('MiB of memory')) return 'Give it a larger heap, which raises this bound too, if the plugin needs it; the next call starts it again.';
  return 'The next call starts it again. What it printed before is in its log; if it goes on, ask whoever wrote the module.';
}
