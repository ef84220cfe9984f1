'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { Refusal } from '@/components/ui/error-summary';
import { useToast } from '@/components/ui/toast';
import { ApiFailure, callApi } from '@/lib/client/api';
import { refusalOf } from '@/lib/client/refusal';
import { endpoints, paths } from '@/lib/paths';
import type { ProviderView } from '@/lib/schemas/provider';
import { counted } from '@/lib/words';

/**
 * Removes a provider that nobody uses, after its name was typed; a refusal says who does. Where the refusal is that entries of
 * removed secrets wait to be deleted in its backend, it can be removed without them.
 */
export function RemoveProvider({ provider }: { provider: ProviderView }) {
  const router = useRouter();
  const showToast = useToast();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  /** What stays in the backend when it is removed all the same; undefined as long as nobody said that something would. */
  const [left, setLeft] = useState<string | undefined>();

  const remove = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      await callApi('DELETE', left === undefined ? endpoints.provider(provider.id) : endpoints.forgetProvider(provider.id));
      showToast({ message: <>Removed <strong className="font-semibold break-all">{provider.name}</strong></> });
      setAsking(false);
      // From its own page too.
      router.push(paths.secretStore());
      router.refresh();
    } catch (error) {
      const isGone = error instanceof ApiFailure && error.status === 404;
      const waiting = error instanceof ApiFailure ? error.fields.forget : undefined;
      setLeft(waiting);
      if (isGone) {
        setRefusal({ title: 'It is already gone.', message: 'Somebody removed this provider meanwhile.' });
        router.refresh();
      } else if (waiting !== undefined) {
        setRefusal({ title: 'The provider was not removed.', message: `${waiting} in its backend, which is tried again and again.`, advice: 'Wait until the backend answers, or remove the provider now.' });
      } else setRefusal(refusalOf(error, 'The provider was not removed.'));
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
        action={left === undefined ? 'Remove provider' : 'Remove and leave them there'}
        busy={busy ? 'Removing…' : null}
        refusal={refusal}
        onClose={() => {
          setAsking(false);
          setRefusal(null);
          setLeft(undefined);
        }}
        onConfirm={() => void remove()}
      >
        Its module, key value pairs and test history are deleted, and this can’t be undone.{' '}
        {left === undefined ? whatStays(provider) : 'What waits stays in its backend for good, with the values of secrets that were removed here. Delete it there by hand if it must go.'}
      </ConfirmDialog>
    </>
  );
}

function whatStays({ usedBy }: ProviderView): string {
  if (usedBy === 0) return 'No secret uses it. What is in its backend stays where it is.';
  return `${counted(usedBy, 'secret')} ${usedBy === 1 ? 'uses' : 'use'} it and must be removed first.`;
}
