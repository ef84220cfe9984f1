'use client';

import { useEffect, useId, useRef, type ReactNode } from 'react';
import { cx } from './cx';

type DialogProps = {
  open: boolean;
  /** Called for Esc, a click outside, and whatever `children` decide. */
  onClose: () => void;
  title: string;
  className?: string;
  children: ReactNode;
};

/** The browser's own modal dialog: focus stays in it, Esc closes it, the rest of the page is inert. */
export function Dialog({ open, onClose, title, className, children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = box.current;
    if (!dialog || !open) return undefined;
    const opener = document.activeElement;
    dialog.showModal();
    return () => {
      dialog.close();
      // The dialog has left the page by now, so the browser does not do it.
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, [open]);
  if (!open) return null;
  return (
    <dialog
      ref={box}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === box.current) onClose();
      }}
      className={cx(
        'overlay m-auto w-[calc(100%-2rem)] max-w-120 rounded-dialog border border-line bg-raised p-0 shadow-overlay',
        className,
      )}
    >
      <div className="flex flex-col gap-4 p-6">
        <h2 id={titleId} className="text-h2 font-[650]">
          {title}
        </h2>
        {children}
      </div>
    </dialog>
  );
}
