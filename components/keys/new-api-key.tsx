'use client';

import { Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { NewApiKeyForm } from '@/components/forms/new-api-key-form';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import type { ApiKeyView } from '@/lib/schemas/api-key';
import { FreshKey } from './fresh-key';

type NewApiKeyProps = { username: string; mayAdmin: boolean };

/** New API key: a short form, then the key itself, this once. */
export function NewApiKey({ username, mayAdmin }: NewApiKeyProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<ApiKeyView | null>(null);

  const close = () => {
    setOpen(false);
    if (made) router.refresh();
    setMade(null);
  };

  return (
    <>
      <Button kind="primary" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Plus aria-hidden="true" size={17} strokeWidth={1.75} />
        New API key
      </Button>
      <Dialog
        open={open}
        // A key that is on the screen is not lost to a stray click or Esc.
        onClose={() => (made ? undefined : close())}
        title={made ? 'Copy the key now' : 'New API key'}
      >
        {made ? <FreshKey apiKey={made.api_key} onDone={close} /> : <NewApiKeyForm username={username} mayAdmin={mayAdmin} onMade={setMade} onCancel={close} />}
      </Dialog>
    </>
  );
}
