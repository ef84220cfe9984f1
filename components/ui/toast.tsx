'use client';

import { Check, X } from 'lucide-react';
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

const undoSeconds = 10;
const plainSeconds = 6;

export type ToastContent = {
  message: ReactNode;
  /** Offers Undo for ten seconds; resolves to what is said afterwards. */
  undo?: () => Promise<ReactNode>;
};

const ToastContext = createContext<((content: ToastContent) => void) | null>(null);

/** Says something at the bottom left, politely, one thing at a time. */
export function useToast(): (content: ToastContent) => void {
  const show = useContext(ToastContext);
  if (!show) throw new Error('useToast is used outside ToastProvider');
  return show;
}

/** Holds the toast for all pages below it, so that one outlives the page that caused it. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [current, setCurrent] = useState<(ToastContent & { key: number }) | null>(null);
  const count = useRef(0);
  const show = useCallback((content: ToastContent) => {
    count.current += 1;
    setCurrent({ ...content, key: count.current });
  }, []);
  const close = useCallback(() => setCurrent(null), []);
  const value = useMemo(() => show, [show]);
  return (
    <ToastContext value={value}>
      {children}
      <div role="status" aria-live="polite" className="fixed bottom-4 left-4 z-40 max-w-[calc(100%-2rem)] tablet:bottom-6 tablet:left-6">
        {current ? <Toast key={current.key} content={current} onClose={close} onSay={(message) => show({ message })} /> : null}
      </div>
    </ToastContext>
  );
}

type ToastProps = { content: ToastContent; onClose: () => void; onSay: (message: ReactNode) => void };

function Toast({ content, onClose, onSay }: ToastProps) {
  const [left, setLeft] = useState(content.undo ? undoSeconds : plainSeconds);
  const [held, setHeld] = useState(false);
  const [undoing, setUndoing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (held || undoing) return undefined;
    const timer = setTimeout(() => (left <= 1 ? onClose() : setLeft(left - 1)), 1000);
    return () => clearTimeout(timer);
  }, [left, held, undoing, onClose]);

  useEffect(() => {
    const reach = (event: KeyboardEvent) => {
      if (event.key !== 'F6') return;
      event.preventDefault();
      button.current?.focus();
    };
    document.addEventListener('keydown', reach);
    return () => document.removeEventListener('keydown', reach);
  }, []);

  const undo = async () => {
    if (!content.undo || undoing) return;
    setUndoing(true);
    onSay(await content.undo());
  };

  return (
    <div
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="flex items-center gap-3 rounded-card bg-toast py-2.5 pr-2.5 pl-3.5 text-toast-ink shadow-overlay"
    >
      {content.undo ? null : <Check aria-hidden="true" className="shrink-0" size={17} strokeWidth={1.75} />}
      <p className="min-w-0">{content.message}</p>
      {content.undo ? (
        <>
          <span aria-hidden="true" className="w-8 text-right font-mono text-small whitespace-nowrap opacity-80">
            {left} s
          </span>
          <button
            ref={button}
            type="button"
            aria-keyshortcuts="F6"
            onClick={() => void undo()}
            className="min-h-11 rounded-control border border-current/40 px-2.5 text-small font-semibold hover:bg-toast-ink/10 focus-visible:outline-toast-ink tablet:min-h-8"
          >
            {undoing ? 'Undoing…' : 'Undo'}
          </button>
        </>
      ) : (
        <button
          ref={button}
          type="button"
          aria-label="Dismiss"
          onClick={onClose}
          className="inline-flex size-11 shrink-0 items-center justify-center rounded-control hover:bg-toast-ink/10 focus-visible:outline-toast-ink tablet:size-7"
        >
          <X aria-hidden="true" size={15} strokeWidth={1.75} />
        </button>
      )}
    </div>
  );
}
