import type { Metadata } from 'next';
import { UpdateSecretForm } from '@/components/forms/update-secret-form';
import { FormColumns } from '@/components/layout/form-page';
import { LinkButton } from '@/components/layout/link-button';
import { Lead, PageHeader } from '@/components/layout/page-header';
import { keptOf } from '@/components/secrets/kept';
import { SecretFacts } from '@/components/secrets/secret-facts';
import { secretTrail } from '@/components/secrets/secret-trail';
import { paths } from '@/lib/paths';
import { secretOfPage } from '../../../algorithm';

export const metadata: Metadata = { title: 'Update secret' };

type UpdateSecretPageProps = { params: Promise<{ owner: string; name: string; secretId: string }> };

export default async function UpdateSecretPage({ params }: UpdateSecretPageProps) {
  const { owner, name, secretId } = await params;
  const { algorithm, stored } = await secretOfPage(owner, name, secretId);
  const { secret, version, provider, providerKind, providerEnabled, linked, takesValues } = stored;
  return (
    <>
      <PageHeader
        trail={secretTrail(algorithm)}
        title="Update secret"
        action={<LinkButton href={paths.algorithmSettings(algorithm.owner, algorithm.name)}>Cancel</LinkButton>}
      >
        <Lead>{secret.short_name}</Lead>
      </PageHeader>
      <FormColumns aside={<SecretFacts version={version} created={secret.created} modified={secret.modified} now={Date.now()} />}>
        <UpdateSecretForm
          algorithm={{ id: algorithm.id, owner: algorithm.owner, name: algorithm.name }}
          secret={{ id: secret.id, name: secret.short_name, key: secret.secret_key, description: secret.description, provider, providerEnabled, takesValues, kept: keptOf(providerKind, linked) }}
        />
      </FormColumns>
    </>
  );
}
