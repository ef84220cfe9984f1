'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState, useTransition } from 'react';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { LoadError } from '@/components/ui/load-error';

const pauseSeconds = 10;

/** What an error boundary of Next is given. */
export type Failure = { error: Error & { digest?: string }; reset: () => void };

type FailedToLoadProps = Failure & { page: string; title: string };

/** A page that could not be loaded: tries again on request, and by itself every ten seconds. */
export function FailedToLoad({ page, title, error, reset }: FailedToLoadProps) {
  const router = useRouter();
  const [left, setLeft] = useState(pauseSeconds);
  const [time, setTime] = useState('');
  const [trying, startTrying] = useTransition();

  const tryAgain = () => {
    setLeft(pauseSeconds);
    startTrying(() => {
      router.refresh();
      reset();
    });
  };

  useEffect(() => setTime(new Date().toISOString().replace(/\.\d+Z$/, 'Z')), []);
  useEffect(() => {
    if (trying) return undefined;
    const timer = setTimeout(() => (left <= 1 ? tryAgain() : setLeft(left - 1)), 1000);
    return () => clearTimeout(timer);
  });

  const { digest } = error;
  const reference = digest ?? 'none';
  return (
    <>
    <h1 className="text-h1-phone font-[680] tracking-tight tablet:text-h1">{page}</h1>
    <LoadError
      title={title}
      actions={
        <>
          <Button kind="primary" busy={trying ? 'Trying…' : null} onClick={tryAgain}>
            Try again
          </Button>
          <span className="text-small text-ink-2">Trying by itself in {left} s</span>
        </>
      }
      facts={[
        ['Code', '5001 InternalServerError'],
        [
          'Reference',
          <span key="reference" className="inline-flex items-center gap-1.5">
            {reference}
            {digest ? <CopyButton text={reference} what="the reference" /> : null}
          </span>,
        ],
        ['Time', time],
      ]}
    >
      <p>A part of the server did not answer. Nothing is lost, and algorithms go on starting with the values that the workers last had.</p>
    </LoadError>
    </>
  );
}
