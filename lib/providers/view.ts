import type { ProviderView } from '@/lib/schemas/provider';
import type { ProviderSettings } from '@/lib/schemas/provider-settings';
import type { Capabilities } from '@/lib/providers/provider';
import type { ProviderRow } from '@/lib/providers/store';
import { timestamp } from '@/lib/time';

type Status = { state: ProviderView['status']['state']; message: string; since: Date };

function statusOf(row: ProviderRow): Status {
  const { modified, lastError, lastGoodAt, failingSince } = row;
  if (!row.isEnabled) return { state: 'disabled', message: 'Disabled. What is stored is still delivered; new and changed secrets are refused.', since: modified };
  if (row.kind === 'internal') return { state: 'ok', message: 'Built in.', since: modified };
  if (row.moduleSha256 === null) return { state: 'module_missing', message: 'Its module is not uploaded yet. Secrets can be stored on it once it is.', since: modified };
  if (failingSince) return { state: 'failing', message: lastError, since: failingSince };
  if (lastGoodAt) return { state: 'ok', message: 'Its plugin answers.', since: lastGoodAt };
  return { state: 'unknown', message: 'Not used yet since it was changed last. Test it to see whether it works.', since: modified };
}

/** Until a plugin was started for the first time it is taken to allow everything: what it does not allow is refused then. */
function capabilitiesOf(row: ProviderRow): Capabilities {
  if (row.kind === 'internal') return { create: true, update: true, delete: true };
  if (row.moduleSha256 === null) return { create: false, update: false, delete: false };
  const known = row.capabilities as Partial<Capabilities> | null;
  return { create: known?.create ?? true, update: known?.update ?? true, delete: known?.delete ?? true };
}

/** A provider as the API shows it: never a value of its configuration. */
export function providerView(row: ProviderRow): ProviderView {
  const status = statusOf(row);
  return {
    id: row.id,
    providerID: row.id,
    name: row.name,
    description: row.description,
    moduleName: row.moduleName,
    factoryClassName: row.factoryClassName,
    interfaceVersion: row.interfaceVersion,
    isEnabled: row.isEnabled,
    isDefault: row.defaultSlot === true,
    created: timestamp(row.created),
    modified: timestamp(row.modified),
    configurationKeys: row.configurationKeys,
    moduleSha256: row.moduleSha256 ?? '',
    capabilities: capabilitiesOf(row),
    status: { ...status, since: timestamp(status.since) },
    usedBy: row.usage.reduce((sum, shard) => sum + shard.secrets, 0),
    // Written by the service alone, which took them from the schema.
    settings: row.settings as ProviderSettings,
    lastError: { message: row.lastError, at: row.lastErrorAt ? timestamp(row.lastErrorAt) : '' },
  };
}

/** The same for who only uses it: without its paths, its proxy, and the backend's words, which name machines. */
export function userView(view: ProviderView): ProviderView {
  const message = view.status.state === 'failing' ? 'Its plugin failed of the last call. An admin sees why.' : view.status.message;
  return { ...view, configurationKeys: [], settings: {}, status: { ...view.status, message }, lastError: { message: '', at: '' } };
}
