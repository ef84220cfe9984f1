'use client';

import { useState } from 'react';
import { useToast } from '@/components/ui/toast';
import { ApiFailure, callApi } from '@/lib/client/api';
import { endpoints } from '@/lib/paths';

type Removable = { id: string; name: string };
type Fault = { id: string; message: string };

/**
 * Removes a secret at once and offers Undo for ten seconds.
 * @param onChange told when a secret is away (true) or back (false)
 */
export function useSecretRemoval(algorithmId: string, onChange: (id: string, away: boolean) => void) {
  const showToast = useToast();
  const [removing, setRemoving] = useState<string | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);

  const restore = async ({ id, name }: Removable) => {
    try {
      await callApi('POST', endpoints.restoreSecret(algorithmId, id));
      onChange(id, false);
      return <Named name={name}> is back</Named>;
    } catch (error) {
      return error instanceof ApiFailure ? error.message : 'It could not be brought back. Reload the page.';
    }
  };

  const remove = async (secret: Removable) => {
    setRemoving(secret.id);
    setFault(null);
    try {
      await callApi('DELETE', endpoints.secret(algorithmId, secret.id));
      showToast({ message: <>Removed <Named name={secret.name} /></>, undo: () => restore(secret) });
      onChange(secret.id, true);
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 404) {
        showToast({ message: <Named name={secret.name}> is already gone: somebody removed it before</Named> });
        onChange(secret.id, true);
      } else {
        setFault({ id: secret.id, message: error instanceof ApiFailure ? error.message : 'Reload the page and try again.' });
      }
    } finally {
      setRemoving(null);
    }
  };

  return { remove, removing, fault };
}

function Named({ name, children }: { name: string; children?: string }) {
  return (
    <>
      <strong className="font-semibold break-words">{name}</strong>
      {children}
    </>
  );
}
