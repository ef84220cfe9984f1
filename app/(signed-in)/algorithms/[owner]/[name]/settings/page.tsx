import { Eye, Plus } from 'lucide-react';
import type { Metadata } from 'next';
import { DeleteAlgorithm } from '@/components/algorithms/delete-algorithm';
import { LinkButton } from '@/components/layout/link-button';
import { PageHeader } from '@/components/layout/page-header';
import { Tabs } from '@/components/layout/tabs';
import { DocumentationLink } from '@/components/layout/text-link';
import { HowItWorks } from '@/components/secrets/how-it-works';
import { keptOf } from '@/components/secrets/kept';
import { ReadInCode } from '@/components/secrets/read-in-code';
import { SecretList } from '@/components/secrets/secret-list';
import { Badge } from '@/components/ui/badge';
import { Breakable } from '@/components/ui/breakable';
import { CopyButton } from '@/components/ui/copy-button';
import { EmptyState } from '@/components/ui/empty-state';
import { requirePageCaller } from '@/lib/auth/session';
import { paths } from '@/lib/paths';
import { listSecretsForPage } from '@/lib/secrets/service';
import { algorithmOfPage } from '../algorithm';

type SettingsProps = { params: Promise<{ owner: string; name: string }> };

export async function generateMetadata({ params }: SettingsProps): Promise<Metadata> {
  const { owner, name } = await params;
  return { title: `${owner}/${name}` };
}

export default async function SettingsPage({ params }: SettingsProps) {
  const caller = await requirePageCaller();
  const { owner, name } = await params;
  const algorithm = await algorithmOfPage(owner, name);
  const stored = await listSecretsForPage(caller, algorithm.id);
  const secrets = stored.map(({ secret, version, provider, providerEnabled, providerKind, linked }) => ({
    id: secret.id,
    name: secret.short_name,
    key: secret.secret_key,
    description: secret.description,
    provider,
    providerEnabled,
    kept: keptOf(providerKind, linked),
    version,
    modified: secret.modified,
  }));
  const newSecret = algorithm.mayChange ? (
    <LinkButton href={paths.newSecret(algorithm.owner, algorithm.name)} kind="primary" className="w-full tablet:w-auto">
      <Plus aria-hidden="true" size={17} strokeWidth={1.75} />
      New secret
    </LinkButton>
  ) : null;
  const [first] = secrets;
  return (
    <>
      <PageHeader
        trail={[{ name: 'Algorithms', href: paths.algorithms() }]}
        title={
          <>
            <span className="font-[450] text-ink-2">
              {algorithm.owner}
              <span className="text-ink-3"> / </span>
            </span>
            <Breakable>{algorithm.name}</Breakable>
          </>
        }
        aside={
          <>
            <CopyButton text={`${algorithm.owner}/${algorithm.name}`} what={`${algorithm.owner}/${algorithm.name}`} size={17} />
            {algorithm.mayChange ? null : <Badge icon={Eye}>Read-only</Badge>}
          </>
        }
      />
      <Tabs
        label="Pages of this algorithm"
        tabs={[{ name: 'Settings', href: paths.algorithmSettings(algorithm.owner, algorithm.name), current: true }]}
      />
      <section aria-labelledby="secrets" className="flex flex-col gap-4">
        <div className="flex flex-col gap-4 tablet:flex-row tablet:items-start tablet:justify-between">
          <div className="flex flex-col gap-2">
            <h2 id="secrets" className="text-h2 font-[650]">
              Secrets
            </h2>
            <p className="max-w-150 text-ink-2">
              Secrets are environment variables that are <strong className="font-semibold">encrypted</strong> and only exposed to selected
              algorithms. Anyone with collaborator access to this algorithm can use these secrets in an algorithm but will not be able to
              view their details in plain text.
            </p>
            <DocumentationLink section="secrets" />
          </div>
          {first ? newSecret : null}
        </div>
        {first ? (
          <SecretList algorithm={{ id: algorithm.id, owner: algorithm.owner, name: algorithm.name }} secrets={secrets} editable={algorithm.mayChange} now={Date.now()} />
        ) : (
          <EmptyState picture={<HowItWorks />} level={3} title="There are no secrets for this algorithm" action={newSecret}>
            Encrypted secrets allow you to store sensitive information, such as database passwords, within your algorithm.
          </EmptyState>
        )}
      </section>
      {first ? <ReadInCode title="Read it in your algorithm" name={first.key} /> : null}
      {algorithm.mayChange ? (
        <>
          <hr className="mt-2 border-line" />
          <DeleteAlgorithm algorithm={{ owner: algorithm.owner, name: algorithm.name }} secrets={secrets.length} />
        </>
      ) : null}
    </>
  );
}
