import { ArrowRight } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { LinkButton } from '@/components/layout/link-button';
import { Breakable } from '@/components/ui/breakable';
import { EmptyState } from '@/components/ui/empty-state';
import { Paging } from '@/components/ui/paging';
import { RelativeTime } from '@/components/ui/relative-time';
import { Table } from '@/components/ui/table';
import { paths } from '@/lib/paths';
import { listUsersForPage } from '@/lib/providers/usage-service';
import { counted } from '@/lib/words';
import { providerOfPage } from '../../provider';

type SecretsProps = { params: Promise<{ id: string }>; searchParams: Promise<{ before?: string | string[] }> };

export async function generateMetadata({ params }: SecretsProps): Promise<Metadata> {
  return { title: `Secrets, ${(await providerOfPage((await params).id)).provider.name}` };
}

export default async function ProviderSecretsPage({ params, searchParams }: SecretsProps) {
  const { caller, provider } = await providerOfPage((await params).id);
  const { before } = await searchParams;
  const from = typeof before === 'string' ? before : undefined;
  const { users, more, secrets, algorithms } = await listUsersForPage(caller, provider.id, from);
  const now = Date.now();
  const last = users.at(-1);
  if (secrets === 0) {
    return (
      <EmptyState title="No secret uses this provider">
        A secret’s value is kept by the provider that is chosen for it in New secret.
      </EmptyState>
    );
  }
  return (
    <section aria-labelledby="secrets" className="flex flex-col gap-3">
      <h2 id="secrets" className="text-h2 font-[650]">
        {counted(secrets, 'secret')}
        {algorithms === null ? null : ` in ${counted(algorithms, 'algorithm')}`}
      </h2>
      <Table
        label="Secrets on this provider"
        items={users}
        keyOf={({ id }) => id}
        columns={[
          {
            name: 'Variable',
            cell: ({ secret_key }) => (
              <span className="min-w-0 font-mono text-small">
                <Breakable>{secret_key}</Breakable>
              </span>
            ),
          },
          { name: 'Name', cell: ({ short_name }) => <span className="min-w-0 [overflow-wrap:anywhere]">{short_name}</span> },
          {
            name: 'Algorithm',
            cell: ({ algorithm: { owner, name } }) => (
              <Link href={paths.algorithmSettings(owner, name)} className="inline-flex min-h-6 min-w-0 items-center rounded-badge font-medium text-accent-ink hover:underline pointer-coarse:min-h-11">
                <Breakable>{`${owner}/${name}`}</Breakable>
              </Link>
            ),
          },
          {
            name: 'Updated',
            className: 'whitespace-nowrap',
            cell: ({ modified }) => (
              <span className="text-small text-ink-2">
                <RelativeTime at={modified} now={now} />
              </span>
            ),
          },
        ]}
      />
      {from || more ? (
        <nav aria-label="Pages" className="flex justify-end gap-2">
          {from ? (
            <LinkButton href={paths.providerSecrets(provider.id)} size="small">
              Newest
            </LinkButton>
          ) : null}
          {more && last ? (
            <LinkButton href={paths.providerSecrets(provider.id, last.id)} size="small">
              Older
              <ArrowRight aria-hidden="true" size={15} strokeWidth={1.75} />
            </LinkButton>
          ) : null}
        </nav>
      ) : (
        <Paging shown={users.length} />
      )}
    </section>
  );
}
