'use client';

import { useId, useState, type FormEvent, type ReactNode } from 'react';
import { Button } from './button';
import { Dialog } from './dialog';
import { ErrorSummary, type Refusal } from './error-summary';
import { TextInput } from './text-input';

type ConfirmDialogProps = {
  open: boolean;
  title: string;
  /** What goes, what stays, who is affected. */
  children: ReactNode;
  /** When given, has to be typed before the last step can be taken. */
  name?: string;
  keep?: string;
  action: string;
  busy: string | null;
  refusal: Refusal | null;
  onClose: () => void;
  onConfirm: () => void;
};

/** The removal of something used or irrecoverable. Focus starts in the field, Esc keeps. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title={props.title}>
      {/* Mounted with the dialog, so that nothing typed for one thing is there for the next. */}
      <ConfirmForm {...props} />
    </Dialog>
  );
}

function ConfirmForm({ children, name, keep = 'Keep it', action, busy, refusal, onClose, onConfirm }: ConfirmDialogProps) {
  const [typed, setTyped] = useState('');
  const id = useId();
  const matches = name === undefined || typed === name;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (matches && !busy) onConfirm();
  };
  return (
    <form method="post" onSubmit={submit} className="flex flex-col gap-5">
      <ErrorSummary refusal={refusal} />
      <div className="text-ink-2">{children}</div>
      {name === undefined ? null : (
        <div className="flex flex-col gap-1.5">
          <label htmlFor={id} className="break-words text-ink-2">
            Type <strong className="font-semibold text-ink">{name}</strong> to confirm
          </label>
          <TextInput id={id} autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" spellCheck={false} />
        </div>
      )}
      <div className="flex flex-col-reverse justify-end gap-2 tablet:flex-row">
        <Button onClick={onClose} autoFocus={name === undefined}>
          {keep}
        </Button>
        <Button type="submit" kind="danger-fill" unavailable={!matches} busy={busy}>
          {action}
        </Button>
      </div>
    </form>
  );
}
