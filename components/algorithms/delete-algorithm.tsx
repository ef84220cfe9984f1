'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { Refusal } from '@/components/ui/error-summary';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { refusalOf } from '@/lib/client/refusal';
import { endpoints, paths } from '@/lib/paths';
import { counted } from '@/lib/words';

type DeleteAlgorithmProps = { algorithm: { owner: string; name: string }; secrets: number };

/** The end of the settings: deletes the algorithm after its name was typed. */
export function DeleteAlgorithm({ algorithm, secrets }: DeleteAlgorithmProps) {
  const router = useRouter();
  const showToast = useToast();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const goesToo = secrets === 0 ? '' : ` Its ${counted(secrets, 'secret')} ${secrets === 1 ? 'is' : 'are'} deleted with it.`;

  const remove = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      await callApi('DELETE', endpoints.algorithm(algorithm.owner, algorithm.name));
      showToast({ message: <>Deleted <strong className="font-semibold">{algorithm.name}</strong></> });
      router.push(paths.algorithms());
      router.refresh();
    } catch (error) {
      setRefusal(refusalOf(error, 'The algorithm was not deleted.'));
      setBusy(false);
    }
  };

  return (
    <section aria-labelledby="delete" className="flex flex-col gap-4 tablet:flex-row tablet:items-start tablet:justify-between">
      <div className="flex flex-col gap-1">
        <h2 id="delete" className="text-h2 font-[650]">
          Delete Algorithm
        </h2>
        <p className="text-ink-2">Once you delete an algorithm, there is no going back.{goesToo}</p>
      </div>
      <Button kind="danger-outline" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Delete Algorithm…
      </Button>
      <ConfirmDialog
        open={open}
        title={`Delete ${algorithm.owner}/${algorithm.name}?`}
        name={algorithm.name}
        action="Delete Algorithm"
        busy={busy ? 'Deleting…' : null}
        refusal={refusal}
        onClose={() => {
          setOpen(false);
          setRefusal(null);
        }}
        onConfirm={() => void remove()}
      >
        Programs can no longer be started as this algorithm.{goesToo} What runs now goes on until it ends. This can’t be undone.
      </ConfirmDialog>
    </section>
  );
}
