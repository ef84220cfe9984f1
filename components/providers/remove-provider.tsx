'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { Refusal } from '@/components/ui/error-summary';
import { useToast } from '@/components/ui/toast';
import { ApiFailure, callApi } from '@/lib/client/api';
import { refusalOf } from '@/lib/client/refusal';
import { endpoints } from '@/lib/paths';
import type { ProviderView } from '@/lib/schemas/provider';
import { counted } from '@/lib/words';

/** Removes a provider that nobody uses, after its name was typed; a refusal says who does. */
export function RemoveProvider({ provider }: { provider: ProviderView }) {
  const router = useRouter();
  const showToast = useToast();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);

  const remove = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      await callApi('DELETE', endpoints.provider(provider.id));
      showToast({ message: <>Removed <strong className="font-semibold break-all">{provider.name}</strong></> });
      setAsking(false);
      router.refresh();
    } catch (error) {
      const isGone = error instanceof ApiFailure && error.status === 404;
      setRefusal(isGone ? { title: 'It is already gone.', message: 'Somebody removed this provider meanwhile.' } : refusalOf(error, 'The provider was not removed.'));
      if (isGone) router.refresh();
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <Button kind="danger" size="small" aria-label={`Remove ${provider.name}`} onClick={() => setAsking(true)}>
        Remove
      </Button>
      <ConfirmDialog
        open={asking}
        title={`Remove ${provider.name}?`}
        name={provider.name}
        action="Remove provider"
        busy={busy ? 'Removing…' : null}
        refusal={refusal}
        onClose={() => {
          setAsking(false);
          setRefusal(null);
        }}
        onConfirm={() => void remove()}
      >
        Its module, key value pairs and test history are deleted, and this can’t be undone.{' '}
        {provider.usedBy === 0
          ? 'No secret uses it. What is in its backend stays where it is.'
          : `${counted(provider.usedBy, 'secret')} ${provider.usedBy === 1 ? 'uses' : 'use'} it and must be removed first.`}
      </ConfirmDialog>
    </>
  );
}
