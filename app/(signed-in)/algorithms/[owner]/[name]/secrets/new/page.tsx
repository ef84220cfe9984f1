import type { Metadata } from 'next';
import { NewSecretForm } from '@/components/forms/new-secret-form';
import { LinkButton } from '@/components/layout/link-button';
import { PageHeader } from '@/components/layout/page-header';
import { secretTrail } from '@/components/secrets/secret-trail';
import { Note } from '@/components/ui/note';
import { may } from '@/lib/auth/permissions';
import { requirePageCaller } from '@/lib/auth/session';
import { paths } from '@/lib/paths';
import { listUsableProviders } from '@/lib/providers/service';
import { providerOption } from '@/components/secrets/provider-option';
import { changeableAlgorithm } from '../../algorithm';

export const metadata: Metadata = { title: 'New secret' };

export default async function NewSecretPage({ params }: { params: Promise<{ owner: string; name: string }> }) {
  const caller = await requirePageCaller();
  const { owner, name } = await params;
  const algorithm = await changeableAlgorithm(owner, name);
  const providers = (await listUsableProviders(caller)).map(providerOption);
  return (
    <>
      <PageHeader
        trail={secretTrail(algorithm)}
        title="New secret"
        action={<LinkButton href={paths.algorithmSettings(algorithm.owner, algorithm.name)}>Cancel</LinkButton>}
      />
      {providers.length > 0 ? (
        <NewSecretForm algorithm={{ id: algorithm.id, owner: algorithm.owner, name: algorithm.name }} providers={providers} mayLink={may(caller, 'provider.change')} />
      ) : (
        <Note tone="warn">
          <strong className="font-semibold text-ink">No secret provider can be used now.</strong> Each one is disabled or waits for its
          module. Ask an admin to enable one under Secret store. Stored secrets go on reaching their algorithms.
        </Note>
      )}
    </>
  );
}
