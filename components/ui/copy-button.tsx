'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { cx } from './cx';

type CopyButtonProps = { text: string; what: string; size?: number; className?: string };

/** Copies `text`; the mark answers in place, and the words are read out. `what` names it: "Copy MYSQL_PASSWORD". */
export function CopyButton({ text, what, size = 15, className }: CopyButtonProps) {
  const [state, setState] = useState<'rest' | 'copied' | 'refused'>('rest');
  useEffect(() => {
    if (state === 'rest') return undefined;
    const timer = setTimeout(() => setState('rest'), 2500);
    return () => clearTimeout(timer);
  }, [state]);

  const copy = () => {
    // Browsers have no clipboard on plain http, other than on localhost.
    const done = navigator.clipboard ? navigator.clipboard.writeText(text) : Promise.reject(new Error('no clipboard'));
    done.then(
      () => setState('copied'),
      () => setState('refused'),
    );
  };

  return (
    <span className="inline-flex items-center">
      <button
        type="button"
        aria-label={`Copy ${what}`}
        title={`Copy ${what}`}
        onClick={copy}
        className={cx(
          'inline-flex size-6 shrink-0 items-center justify-center rounded-badge text-ink-2 transition-colors hover:bg-hover hover:text-ink pointer-coarse:size-11',
          className,
        )}
      >
        {state === 'copied' ? (
          <Check aria-hidden="true" className="text-ok" size={size} strokeWidth={2} />
        ) : (
          <Copy aria-hidden="true" size={size} strokeWidth={1.75} />
        )}
      </button>
      <span role="status" className={state === 'refused' ? 'text-caption text-danger' : 'sr-only'}>
        {state === 'copied' ? `Copied ${what}` : null}
        {state === 'refused' ? 'The browser did not allow copying' : null}
      </span>
    </span>
  );
}
