'use client';

import { Upload } from 'lucide-react';
import { useRef, useState, type DragEvent } from 'react';
import { Button } from './button';
import type { ButtonSize } from './button-class';
import { cx } from './cx';

type FilePickerProps = { action: string; label: string; accept: string; size?: ButtonSize; describedBy?: string; onFile: (file: File) => void };

/** A button that opens the system's choice of files. `label` names the field behind it. */
export function FilePicker({ action, label, accept, size, describedBy, onFile }: FilePickerProps) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button size={size} onClick={() => picker.current?.click()} aria-describedby={describedBy}>
        <Upload aria-hidden="true" size={16} strokeWidth={1.75} />
        {action}
      </Button>
      <input
        ref={picker}
        type="file"
        hidden
        accept={accept}
        aria-label={label}
        onChange={(event) => {
          const file = event.target.files?.[0];
          // So that the same file can be chosen again after it was mended.
          event.target.value = '';
          if (file) onFile(file);
        }}
      />
    </>
  );
}

/** The same with an area to drop a file on. */
export function FileDrop({ hint, ...picker }: FilePickerProps & { hint: string }) {
  const [over, setOver] = useState(false);
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) picker.onFile(file);
  };
  return (
    <div
      onDragOver={drag}
      onDragEnter={drag}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cx('flex flex-col items-center gap-2 rounded-card border border-dashed px-4 py-5 text-center', over ? 'border-accent bg-accent-tint' : 'border-line-strong')}
    >
      <FilePicker {...picker} />
      <span className="text-small text-ink-2">{over ? 'Drop to upload' : hint}</span>
    </div>
  );
}

type UploadBarProps = { fileName: string; sent: number; total: number; after: string; onCancel: () => void };

const megabytes = (bytes: number) => (bytes / 1024 / 1024).toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** How far a file is; `after` says what happens once all of it is sent. */
export function UploadBar({ fileName, sent, total, after, onCancel }: UploadBarProps) {
  const percent = total === 0 ? 0 : Math.min(100, Math.round((100 * sent) / total));
  return (
    <div className="flex flex-col gap-2 rounded-card border border-line bg-surface px-4 py-3">
      <div className="flex items-center justify-between gap-3">
        <span className="min-w-0 font-semibold break-all">{fileName}</span>
        <Button kind="quiet" size="small" onClick={onCancel} aria-label={`Cancel the upload of ${fileName}`}>
          Cancel
        </Button>
      </div>
      <progress value={percent} max={100} aria-label={`Upload of ${fileName}`} className="upload-bar" />
      <span role="status" className="text-small text-ink-2">
        {percent === 100 ? after : `${megabytes(sent)} of ${megabytes(total)} MB`}
      </span>
    </div>
  );
}
