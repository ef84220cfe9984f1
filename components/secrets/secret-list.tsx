'use client';

import { KeyRound } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { LinkButton } from '@/components/layout/link-button';
import { Badge } from '@/components/ui/badge';
import { Breakable } from '@/components/ui/breakable';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { cx } from '@/components/ui/cx';
import { Note } from '@/components/ui/note';
import { Paging } from '@/components/ui/paging';
import { RelativeTime } from '@/components/ui/relative-time';
import { Row, RowFacts, RowList } from '@/components/ui/row-list';
import { paths } from '@/lib/paths';
import type { Kept } from './kept';
import { RemoveFromBackend } from './remove-from-backend';
import { useSecretRemoval } from './use-secret-removal';

/** What a row shows of a secret; never its value. */
export type SecretRow = {
  id: string;
  name: string;
  key: string;
  description: string;
  provider: string;
  providerEnabled: boolean;
  kept: Kept;
  version: number;
  modified: string;
};

export type AlgorithmRef = { id: string; owner: string; name: string };

type SecretListProps = { algorithm: AlgorithmRef; secrets: SecretRow[]; editable: boolean; now: number };

/** Which variables this algorithm gets. */
export function SecretList({ algorithm, secrets, editable, now }: SecretListProps) {
  const router = useRouter();
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const { remove, removing, fault } = useSecretRemoval(algorithm.id, (id, away) => {
    setGone((before) => new Set(away ? [...before, id] : [...before].filter((other) => other !== id)));
    router.refresh();
  });
  const [asking, setAsking] = useState<SecretRow | null>(null);
  const leave = (id: string) => {
    setAsking(null);
    setGone((before) => new Set([...before, id]));
    router.refresh();
  };
  const shown = secrets.filter((secret) => !gone.has(secret.id));
  return (
    <div className="flex flex-col gap-3">
      <RowList label="Secrets">
        {shown.map((secret) => (
          <Row
            key={secret.id}
            note={
              fault?.id === secret.id ? (
                <div role="alert">
                  <Note tone="danger">
                    <strong className="font-semibold text-ink">It was not removed.</strong> {fault.message}
                  </Note>
                </div>
              ) : null
            }
            actions={
              <div className="flex items-center justify-between gap-2 tablet:justify-end tablet:gap-1.5">
                <span className={cx('text-small text-ink-2', editable && 'tablet:mr-2.5')}>
                  Updated <RelativeTime at={secret.modified} now={now} />
                </span>
                {editable ? (
                  <span className="flex items-center gap-1">
                    <LinkButton href={paths.updateSecret(algorithm.owner, algorithm.name, secret.id)} size="small" name={`Update ${secret.name}`}>
                      Update
                    </LinkButton>
                    <Button
                      kind="danger"
                      size="small"
                      aria-label={`Remove ${secret.name}`}
                      busy={removing === secret.id ? 'Removing…' : null}
                      onClick={() => (secret.kept === 'here' ? void remove(secret) : setAsking(secret))}
                    >
                      Remove
                    </Button>
                  </span>
                ) : null}
              </div>
            }
          >
            <div className="flex flex-wrap items-center gap-x-2.5 gap-y-0.5">
              <h3 className="min-w-0 text-lead font-[650] break-words">{secret.name}</h3>
              <span className="flex min-w-0 items-center gap-1.5 text-ink-2">
                <KeyRound aria-hidden="true" className="shrink-0" size={15} strokeWidth={1.75} />
                <span className="min-w-0 font-mono text-small">
                  <Breakable>{secret.key}</Breakable>
                </span>
                <CopyButton text={secret.key} what={secret.key} size={14} className="-my-1" />
              </span>
              {secret.providerEnabled ? null : <Badge tone="warn">Provider disabled</Badge>}
            </div>
            {secret.description ? <p className="break-words text-ink-2">{secret.description}</p> : null}
            <RowFacts facts={[<Breakable key="provider">{secret.provider}</Breakable>, `Version ${secret.version}`, ...(secret.kept === 'linked' ? ['Linked entry'] : [])]} />
          </Row>
        ))}
      </RowList>
      <Paging shown={shown.length} />
      <RemoveFromBackend algorithmId={algorithm.id} secret={asking} onClose={() => setAsking(null)} onGone={leave} />
    </div>
  );
}
