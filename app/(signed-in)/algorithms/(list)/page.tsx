import { ArrowRight, Plus, Workflow } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { LinkButton } from '@/components/layout/link-button';
import { Lead, PageHeader } from '@/components/layout/page-header';
import { Breakable } from '@/components/ui/breakable';
import { EmptyState } from '@/components/ui/empty-state';
import { IconTile } from '@/components/ui/icon-tile';
import { Paging } from '@/components/ui/paging';
import { RelativeTime } from '@/components/ui/relative-time';
import { Row, RowFacts, RowList } from '@/components/ui/row-list';
import { listOverview } from '@/lib/algorithms/service';
import { requirePageCaller } from '@/lib/auth/session';
import { paths } from '@/lib/paths';
import { counted } from '@/lib/words';

export const metadata: Metadata = { title: 'Algorithms' };

export default async function AlgorithmsPage({ searchParams }: { searchParams: Promise<{ before?: string | string[] }> }) {
  const caller = await requirePageCaller();
  const { before } = await searchParams;
  const from = typeof before === 'string' ? before : undefined;
  const { algorithms, more } = await listOverview(caller, from);
  const now = Date.now();
  const last = algorithms.at(-1);
  const newAlgorithm = (
    <LinkButton href={paths.newAlgorithm()} kind="primary">
      <Plus aria-hidden="true" size={17} strokeWidth={1.75} />
      New algorithm
    </LinkButton>
  );
  const empty = algorithms.length === 0 && !from;
  return (
    <>
      <PageHeader title="Algorithms" action={empty ? undefined : newAlgorithm}>
        <Lead>Each algorithm has secrets of its own. It gets them as environment variables when a worker starts it.</Lead>
      </PageHeader>
      {empty ? (
        <EmptyState title="There are no algorithms yet" action={newAlgorithm}>
          Create one to store its passwords, keys and tokens, and to start your program with them.
        </EmptyState>
      ) : (
        <div className="flex flex-col gap-3">
          <RowList label="Algorithms">
            {algorithms.map((algorithm) => (
              <Row key={algorithm.id} icon={<IconTile icon={Workflow} />}>
                <h2 className="break-words">
                  <Link href={paths.algorithmSettings(algorithm.owner, algorithm.name)} className="inline-flex min-h-6 items-center text-lead hover:underline pointer-coarse:min-h-11">
                    <span>
                      <span className="text-ink-2">{algorithm.owner}</span>
                      <span className="text-ink-3"> / </span>
                      <span className="font-[650]">
                        <Breakable>{algorithm.name}</Breakable>
                      </span>
                    </span>
                  </Link>
                </h2>
                {algorithm.label && algorithm.label !== algorithm.name ? <p className="text-ink-2">{algorithm.label}</p> : null}
                <RowFacts
                  facts={[
                    algorithm.secrets === 0 ? 'No secrets yet' : counted(algorithm.secrets, 'secret'),
                    <>Created {<RelativeTime at={algorithm.created} now={now} />}</>,
                  ]}
                />
              </Row>
            ))}
          </RowList>
          {from || more ? (
            <nav aria-label="Pages" className="flex justify-end gap-2">
              {from ? (
                <LinkButton href={paths.algorithms()} size="small">
                  Newest
                </LinkButton>
              ) : null}
              {more && last ? (
                <LinkButton href={paths.algorithmsBefore(last.id)} size="small">
                  Older
                  <ArrowRight aria-hidden="true" size={15} strokeWidth={1.75} />
                </LinkButton>
              ) : null}
            </nav>
          ) : (
            <Paging shown={algorithms.length} />
          )}
        </div>
      )}
    </>
  );
}
