import { X509Certificate } from 'node:crypto';
import { env } from '@/lib/env';
import { ApiError } from '@/lib/errors';
import { openingProblem } from '@/lib/plugins/host/opened-paths';
import { jvmOptionProblem, parseProxy } from '@/lib/plugins/host/settings';
import type { ProviderSettings } from '@/lib/schemas/provider-settings';

const refuse = (field: keyof ProviderSettings, fault: string) => new ApiError('InputValidationError', `settings.${field} ${fault}`, { fields: { [`settings.${field}`]: fault } });

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

/** Looks at settings closer than their schema can. Throws InputValidationError with the setting and what is wrong with it. */
export function demandSettings(settings: ProviderSettings): void {
  for (const option of settings.jvmOptions ?? []) {
    const problem = jvmOptionProblem(option);
    if (problem) throw refuse('jvmOptions', `has an option that is not allowed. ${problem}`);
  }
  if (settings.httpsProxy !== undefined && !parseProxy(settings.httpsProxy)) throw refuse('httpsProxy', 'must be HOST:PORT, with a port from 1 to 65535.');
  for (const field of ['readablePaths', 'writablePaths'] as const) {
    for (const each of settings[field] ?? []) {
      const problem = openingProblem(each, env().dataDir);
      if (problem) throw refuse(field, `has ${each}, which ${problem}`);
    }
  }
  const certificates = settings.extraCaPem?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (!certificates.every(isCertificate)) throw refuse('extraCaPem', 'has a certificate that cannot be read. Paste the whole file, from BEGIN to END.');
}
