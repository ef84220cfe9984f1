'use client';

import { Package } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Breakable } from '@/components/ui/breakable';
import { Button } from '@/components/ui/button';
import { IconTile } from '@/components/ui/icon-tile';
import { Note } from '@/components/ui/note';
import { Paging } from '@/components/ui/paging';
import { RelativeTime } from '@/components/ui/relative-time';
import { Row, RowFacts, RowList } from '@/components/ui/row-list';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { refusalOf } from '@/lib/client/refusal';
import { endpoints } from '@/lib/paths';
import type { KeptModule } from '@/lib/schemas/provider';
import { sizeOf } from '@/lib/words';
import { ShortHash } from './short-hash';

type ModuleHistoryProps = { provider: { id: string; name: string }; modules: KeptModule[]; editable: boolean; now: number };

/** Every module that a provider had, and the one click back to it. */
export function ModuleHistory({ provider, modules, editable, now }: ModuleHistoryProps) {
  const router = useRouter();
  const showToast = useToast();
  const [busy, setBusy] = useState<string | undefined>();
  const [fault, setFault] = useState<{ sha256: string; message: string } | undefined>();

  const use = async ({ sha256, fileName }: KeptModule) => {
    setBusy(sha256);
    setFault(undefined);
    try {
      await callApi('POST', endpoints.chooseModule(provider.id), { sha256 });
      showToast({ message: <><strong className="font-semibold break-all">{provider.name}</strong> runs <strong className="font-semibold break-all">{fileName}</strong> now</> });
      router.refresh();
    } catch (error) {
      setFault({ sha256, message: refusalOf(error, '').message });
    } finally {
      setBusy(undefined);
    }
  };

  return (
    <div className="flex flex-col gap-3">
      <RowList label="Modules">
        {modules.map((module) => {
          const { sha256, fileName, size, title, version, uploaded, uploadedBy, isCurrent } = module;
          const named = [title, version].filter((part) => part !== '').join(' ');
          return (
            <Row
              key={sha256}
              icon={<IconTile icon={Package} />}
              actions={
                editable && !isCurrent ? (
                  <Button size="small" aria-label={`Use this one: ${fileName}, ${sha256.slice(0, 8)}`} busy={busy === sha256 ? 'Changing…' : null} unavailable={busy !== undefined} onClick={() => void use(module)}>
                    Use this one
                  </Button>
                ) : null
              }
              note={
                fault?.sha256 === sha256 ? (
                  <div role="alert">
                    <Note tone="danger">
                      <strong className="font-semibold text-ink">The module stays as it was.</strong> <span className="[overflow-wrap:anywhere]">{fault.message}</span>
                    </Note>
                  </div>
                ) : null
              }
            >
              <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <h3 className="min-w-0 text-lead font-[650]">
                  <Breakable>{fileName}</Breakable>
                </h3>
                {isCurrent ? <Badge tone="accent">In use</Badge> : null}
              </div>
              {named === '' ? null : <p className="text-ink-2 [overflow-wrap:anywhere]">{named}</p>}
              <RowFacts
                facts={[
                  sizeOf(size),
                  <ShortHash key="hash" sha256={sha256} />,
                  <>
                    Uploaded <RelativeTime at={uploaded} now={now} /> by <Breakable>{uploadedBy}</Breakable>
                  </>,
                ]}
              />
            </Row>
          );
        })}
      </RowList>
      <Paging shown={modules.length} />
    </div>
  );
}
