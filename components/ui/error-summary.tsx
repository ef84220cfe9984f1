'use client';

import { CircleX } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';

/** What a refusal says: what happened, what to do, and the code last and small. */
export type Refusal = { title: string; message: ReactNode; advice?: ReactNode; code?: number; requestId?: string };

/** Stands at the top of a form after the server refused it, and takes the focus so that it is read out. */
export function ErrorSummary({ refusal }: { refusal: Refusal | null }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (refusal) box.current?.focus();
  }, [refusal]);
  if (!refusal) return null;
  return (
    <div
      ref={box}
      role="alert"
      tabIndex={-1}
      className="flex gap-3 rounded-note border border-danger-line bg-danger-tint px-3.5 py-3 text-ink-2"
    >
      <CircleX aria-hidden="true" className="mt-0.5 shrink-0 text-danger" size={17} strokeWidth={1.75} />
      <div className="flex min-w-0 flex-col gap-1">
        <p className="text-ink">
          <strong className="font-semibold">{refusal.title}</strong> {refusal.message}
        </p>
        {refusal.advice ? <p>{refusal.advice}</p> : null}
        {refusal.code ? (
          <p className="text-small break-all">
            Code {refusal.code}
            {refusal.requestId ? (
              <>
                , request <span className="font-mono">{refusal.requestId}</span>
              </>
            ) : null}
          </p>
        ) : null}
      </div>
    </div>
  );
}
