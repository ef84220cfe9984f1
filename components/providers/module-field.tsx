'use client';

import { useId } from 'react';
import { Button } from '@/components/ui/button';
import { FileDrop, UploadBar } from '@/components/ui/file-drop';
import { Note } from '@/components/ui/note';
import { ModuleCard, type ShownModule } from './module-card';
import type { ModuleUpload } from './use-module-upload';

type ModuleFieldProps = {
  upload: ModuleUpload<ShownModule>;
  /** The module that is stored already. */
  current: ShownModule | undefined;
  onFile: (file: File) => void;
  onClear: () => void;
};

/** The module's file: chosen or dropped, on its way, refused with the reason, or inspected. */
export function ModuleField({ upload, current, onFile, onClear }: ModuleFieldProps) {
  const refusalId = useId();
  const isRefused = upload.phase === 'refused';
  return (
    <div className="flex flex-col gap-1.5">
      <span className="font-semibold">Module file</span>
      {isRefused ? (
        <div id={refusalId} role="alert">
          <Note
            tone="danger"
            actions={
              <Button size="small" onClick={onClear}>
                Go on without it
              </Button>
            }
          >
            <strong className="font-semibold break-all text-ink">{upload.fileName} was refused.</strong> <span className="[overflow-wrap:anywhere]">{upload.reason}</span>
          </Note>
        </div>
      ) : null}
      {upload.phase === 'sending' ? (
        <UploadBar fileName={upload.fileName} sent={upload.progress.sent} total={upload.progress.total} after="Sent. Inspecting it…" onCancel={onClear} />
      ) : upload.phase === 'done' ? (
        <ModuleCard module={upload.answer} state={current ? 'inspected; used once you save' : 'uploaded and inspected'} onFile={onFile} onClear={onClear} />
      ) : current ? (
        <ModuleCard module={current} state="stored" onFile={onFile} />
      ) : (
        <FileDrop action="Upload Module File" label="Upload Module File" accept=".jar" hint="or drop a JAR here, up to 100 MB" describedBy={isRefused ? refusalId : undefined} onFile={onFile} />
      )}
      <span role="status" className="sr-only">
        {upload.phase === 'done' ? `${upload.fileName} was uploaded and inspected.` : null}
      </span>
    </div>
  );
}
