'use client';

import { useRouter } from 'next/navigation';
import { FilePicker, UploadBar } from '@/components/ui/file-drop';
import { Note } from '@/components/ui/note';
import { useToast } from '@/components/ui/toast';
import { endpoints } from '@/lib/paths';
import type { ProviderView } from '@/lib/schemas/provider';
import { useModuleUpload } from './use-module-upload';

/** A provider without its JAR, and the way to give it one. */
export function MissingModule({ provider, editable }: { provider: ProviderView; editable: boolean }) {
  const router = useRouter();
  const showToast = useToast();
  const { upload, choose, clear } = useModuleUpload<ProviderView>(endpoints.uploadModule(provider.id), () => {
    showToast({ message: <>Uploaded the module of <strong className="font-semibold break-all">{provider.name}</strong></> });
    router.refresh();
  });
  return (
    <Note
      tone="waiting"
      className="tablet:ml-13.5"
      actions={editable && upload.phase !== 'sending' ? <FilePicker action="Upload Module File" label={`Module file of ${provider.name}`} accept=".jar" size="small" onFile={choose} /> : null}
    >
      <strong className="font-semibold text-warn">Module missing.</strong> {provider.status.message}
      {upload.phase === 'refused' ? (
        <p role="alert" className="mt-1.5 text-danger [overflow-wrap:anywhere]">
          <strong className="font-semibold">{upload.fileName} was refused.</strong> {upload.reason}
        </p>
      ) : null}
      {upload.phase === 'sending' ? (
        <div className="mt-2">
          <UploadBar fileName={upload.fileName} sent={upload.progress.sent} total={upload.progress.total} after="Sent. Inspecting it…" onCancel={clear} />
        </div>
      ) : null}
    </Note>
  );
}
