'use client';

import { useState } from 'react';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { Refusal } from '@/components/ui/error-summary';
import { useToast } from '@/components/ui/toast';
import { ApiFailure, callApi } from '@/lib/client/api';
import { refusalOf } from '@/lib/client/refusal';
import { endpoints } from '@/lib/paths';
import type { Kept } from './kept';

/** A secret whose value is not in our database. */
type SecretElsewhere = { id: string; name: string; key: string; provider: string; kept: Kept };

type RemoveFromBackendProps = {
  algorithmId: string;
  /** The secret that is asked about; null while none is. */
  secret: SecretElsewhere | null;
  onClose: () => void;
  onGone: (id: string) => void;
};

/** The contract's UnableToDeleteSecret: the backend did not delete the entry, or says that it is not there. */
const backendRefused = 8010;

/**
 * Asks before a secret is removed whose value a plugin keeps: it is deleted in the backend at once, and nobody here could bring
 * it back. When the backend does not delete it, the secret can be removed here alone.
 */
export function RemoveFromBackend({ algorithmId, secret, onClose, onGone }: RemoveFromBackendProps) {
  const showToast = useToast();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [hereOnly, setHereOnly] = useState(false);
  const end = () => {
    setRefusal(null);
    setHereOnly(false);
    onClose();
  };
  const remove = async ({ id, name }: SecretElsewhere) => {
    setBusy(true);
    setRefusal(null);
    const strong = <strong className="font-semibold break-words">{name}</strong>;
    try {
      await callApi('DELETE', hereOnly ? endpoints.forgetSecret(algorithmId, id) : endpoints.secret(algorithmId, id));
      showToast({ message: <>Removed {strong}</> });
      setHereOnly(false);
      onGone(id);
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 404) {
        showToast({ message: <>{strong} is already gone: somebody removed it before</> });
        onGone(id);
      } else {
        setRefusal(refusalOf(error, 'It was not removed.'));
        setHereOnly(error instanceof ApiFailure && error.code === backendRefused);
      }
    } finally {
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      open={secret !== null}
      title={`Remove ${secret?.name ?? 'the secret'}?`}
      action={hereOnly ? 'Remove here only' : 'Remove secret'}
      busy={busy ? 'Removing…' : null}
      refusal={refusal}
      onClose={end}
      onConfirm={() => secret && void remove(secret)}
    >
      {hereOnly
        ? `No start gets ${secret?.key ?? 'it'} from then on. Its entry in ${secret?.provider ?? 'the backend'}, if there is one, stays.`
        : secret?.kept === 'linked'
          ? `No start gets ${secret.key} from then on. Its entry in ${secret.provider} was there before and stays.`
          : `No start gets ${secret?.key ?? 'it'} from then on, and its entry in ${secret?.provider ?? 'the backend'} is deleted. This can’t be undone.`}
    </ConfirmDialog>
  );
}
