'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { Refusal } from '@/components/ui/error-summary';
import { Paging } from '@/components/ui/paging';
import { RelativeTime } from '@/components/ui/relative-time';
import { Table, type Column } from '@/components/ui/table';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { refusalOf } from '@/lib/client/refusal';
import { endpoints } from '@/lib/paths';
import type { ApiKeyKind } from '@/lib/schemas/api-key';

/** What is shown of a key: its mask, never the key. */
export type KeyRow = { id: string; label: string; mask: string; kind: ApiKeyKind; created: string; lastUsed: string | null };

type KeyTableProps = { username: string; keys: KeyRow[]; now: number };

/** A person's keys, each with Revoke. */
export function KeyTable({ username, keys, now }: KeyTableProps) {
  const router = useRouter();
  const showToast = useToast();
  const [asking, setAsking] = useState<KeyRow | null>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);

  const close = () => {
    setAsking(null);
    setRefusal(null);
  };
  const revoke = async (key: KeyRow) => {
    setBusy(true);
    setRefusal(null);
    try {
      await callApi('DELETE', endpoints.key(username, key.id));
      showToast({ message: <>Revoked <strong className="font-semibold">{nameOf(key)}</strong></> });
      close();
      router.refresh();
    } catch (error) {
      setRefusal(refusalOf(error, 'The key was not revoked.'));
    } finally {
      setBusy(false);
    }
  };

  const columns: Column<KeyRow>[] = [
    { name: 'Label', cell: (key) => <span className="font-semibold break-words">{key.label || 'No label'}</span> },
    { name: 'Key', cell: (key) => <span className="font-mono text-small whitespace-nowrap">{key.mask}</span> },
    { name: 'Kind', cell: (key) => (key.kind === 'PlatformAdminKey' ? <Badge tone="accent">{key.kind}</Badge> : key.kind) },
    { name: 'Created', className: 'tablet:whitespace-nowrap', cell: (key) => <RelativeTime at={key.created} now={now} /> },
    { name: 'Last used', className: 'tablet:whitespace-nowrap', cell: (key) => (key.lastUsed ? <RelativeTime at={key.lastUsed} now={now} /> : <span className="text-ink-2">Never</span>) },
    {
      name: 'Actions',
      nameHidden: true,
      className: 'tablet:text-right',
      cell: (key) => (
        <Button kind="danger" size="small" aria-haspopup="dialog" aria-label={`Revoke ${nameOf(key)}…`} onClick={() => setAsking(key)} className="-ml-3 align-middle tablet:ml-0">
          Revoke…
        </Button>
      ),
    },
  ];

  return (
    <div className="flex flex-col gap-3">
      <Table label="API keys" columns={columns} items={keys} keyOf={(key) => key.id} />
      <Paging shown={keys.length} />
      <ConfirmDialog
        open={asking !== null}
        title={asking ? `Revoke ${nameOf(asking)}?` : ''}
        action="Revoke key"
        busy={busy ? 'Revoking…' : null}
        refusal={refusal}
        onClose={close}
        onConfirm={() => asking && void revoke(asking)}
      >
        Whatever uses this key is refused within a second. It can’t be brought back; a new key can take its place.
      </ConfirmDialog>
    </div>
  );
}

function nameOf(key: KeyRow): string {
  return key.label || key.mask;
}
