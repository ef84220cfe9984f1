import type { Metadata } from 'next';
import { NewAlgorithmForm } from '@/components/forms/new-algorithm-form';
import { FormColumns } from '@/components/layout/form-page';
import { LinkButton } from '@/components/layout/link-button';
import { PageHeader } from '@/components/layout/page-header';
import { may } from '@/lib/auth/permissions';
import { requirePageCaller } from '@/lib/auth/session';
import { listOrganizations } from '@/lib/organizations/service';
import { paths } from '@/lib/paths';

export const metadata: Metadata = { title: 'New algorithm' };

export default async function NewAlgorithmPage() {
  const caller = await requirePageCaller();
  const organizations = await listOrganizations(caller, { limit: 500 });
  const theirs = organizations.results.filter(({ id }) => may(caller, 'algorithm.create', { accountId: id }));
  const owners = [
    { name: caller.username, kind: 'user' as const },
    ...theirs.map(({ org_name }) => ({ name: org_name, kind: 'organization' as const })),
  ];
  return (
    <>
      <PageHeader
        trail={[{ name: 'Algorithms', href: paths.algorithms() }]}
        title="New algorithm"
        action={<LinkButton href={paths.algorithms()}>Cancel</LinkButton>}
      />
      <FormColumns>
        <NewAlgorithmForm owners={owners} />
      </FormColumns>
    </>
  );
}
