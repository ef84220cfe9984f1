import type { Metadata } from 'next';
import { NewApiKey } from '@/components/keys/new-api-key';
import { KeyTable } from '@/components/keys/key-table';
import { Lead, PageHeader } from '@/components/layout/page-header';
import { DocumentationLink } from '@/components/layout/text-link';
import { EmptyState } from '@/components/ui/empty-state';
import { listApiKeysForPage } from '@/lib/api-keys/service';
import { requirePageCaller } from '@/lib/auth/session';

export const metadata: Metadata = { title: 'API keys' };

export default async function ApiKeysPage() {
  const caller = await requirePageCaller();
  const keys = await listApiKeysForPage(caller);
  const newKey = <NewApiKey username={caller.username} mayAdmin={caller.isAdmin} />;
  return (
    <>
      <PageHeader title="API keys" action={keys.length > 0 ? newKey : undefined}>
        <Lead>Scripts and clients sign in with an API key instead of your password. A key can do what you can, until you revoke it.</Lead>
        <div className="mt-1.5 flex">
          <DocumentationLink section="api" />
        </div>
      </PageHeader>
      {keys.length > 0 ? (
        <KeyTable
          username={caller.username}
          now={Date.now()}
          keys={keys.map(({ key, lastUsed }) => ({ id: key.id, label: key.key_label, mask: key.api_key_mask, kind: key.key_type, created: key.created_at, lastUsed }))}
        />
      ) : (
        <EmptyState title="You have no API keys" action={newKey}>
          Make one to list, create and update secrets from a script, with curl or with one of the Python clients.
        </EmptyState>
      )}
    </>
  );
}
