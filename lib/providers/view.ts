import type { ProviderView } from '@/lib/schemas/provider';
import type { ProviderRow } from '@/lib/providers/store';
import { timestamp } from '@/lib/time';

type Status = ProviderView['status'];

function statusOf(row: ProviderRow): Omit<Status, 'since'> {
  if (!row.isEnabled) return { state: 'disabled', message: 'Disabled. What is stored is still delivered; new and changed secrets are refused.' };
  if (row.kind === 'internal') return { state: 'ok', message: 'Built in.' };
  if (row.moduleSha256 === null) return { state: 'module_missing', message: 'Its module is not uploaded yet. Secrets can be stored on it once it is.' };
  return { state: 'unknown', message: 'Not tested yet.' };
}

/** A provider as the API shows it: never a value of its configuration. */
export function providerView(row: ProviderRow): ProviderView {
  const internal = row.kind === 'internal';
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
    capabilities: { create: internal, update: internal, delete: internal },
    status: { ...statusOf(row), since: timestamp(row.modified) },
    usedBy: row.usage.reduce((sum, shard) => sum + shard.secrets, 0),
  };
}
