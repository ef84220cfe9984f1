import { PackageCheck, X } from 'lucide-react';
import { Breakable } from '@/components/ui/breakable';
import { IconButton } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { FilePicker } from '@/components/ui/file-drop';
import { Note } from '@/components/ui/note';
import type { LooseModule } from '@/lib/schemas/provider';

/** What is shown of a module. */
export type ShownModule = LooseModule;

const sizeOf = (bytes: number) => (bytes < 100_000 ? `${Math.ceil(bytes / 1024).toLocaleString('en')} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);

type ModuleCardProps = {
  module: ShownModule;
  /** How it got here, in a word. */
  state: string;
  onFile: (file: File) => void;
  /** Takes back a choice that is not saved yet. */
  onClear?: (() => void) | undefined;
};

/** A module that was inspected: what one compares before trusting it. */
export function ModuleCard({ module, state, onFile, onClear }: ModuleCardProps) {
  const title = [module.title, module.version].filter((part) => part !== '').join(' ');
  return (
    <div className="rounded-card border border-line bg-surface">
      <div className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-3.5">
        <span aria-hidden="true" className="flex size-9 shrink-0 items-center justify-center rounded-control border border-ok-line bg-ok-tint text-ok">
          <PackageCheck size={18} strokeWidth={1.75} />
        </span>
        <div className="flex min-w-32 flex-1 flex-col">
          <span className="font-[650]">
            <Breakable>{module.fileName}</Breakable>
          </span>
          <span className="text-small text-ink-2">
            {sizeOf(module.size)}, {state}
          </span>
        </div>
        <span className="flex items-center gap-1">
          <FilePicker action="Replace" label="Upload Module File" accept=".jar" onFile={onFile} />
          {onClear ? (
            <IconButton label={`Do without ${module.fileName}`} onClick={onClear}>
              <X aria-hidden="true" size={17} strokeWidth={1.75} />
            </IconButton>
          ) : null}
        </span>
      </div>
      {module.javaProblem === '' ? null : (
        <div className="px-4 pt-3.5">
          <Note tone="danger">
            <strong className="font-semibold text-ink">This server’s Java is too old.</strong> <span className="[overflow-wrap:anywhere]">{module.javaProblem}</span>
          </Note>
        </div>
      )}
      <dl className="grid grid-cols-[4.75rem_minmax(0,1fr)] gap-y-2 px-4 py-3.5 text-small">
        {title === '' ? null : (
          <>
            <dt className="text-ink-2">Title</dt>
            <dd className="break-words">{title}</dd>
          </>
        )}
        <dt className="text-ink-2">SHA-256</dt>
        <dd className="flex items-start gap-1.5">
          <span className="min-w-0 font-mono">
            {(module.sha256.match(/.{16}/g) ?? []).map((part) => (
              <span key={part} className="inline-block">
                {part}
              </span>
            ))}
          </span>
          <CopyButton text={module.sha256} what="the SHA-256" />
        </dd>
        {module.classes === 0 ? null : (
          <>
            <dt className="text-ink-2">Contents</dt>
            <dd>
              {module.classes.toLocaleString('en')} {module.classes === 1 ? 'class' : 'classes'} for Java {module.javaVersion} or later
              {module.sdkBundled ? ', plugin SDK bundled' : null}
            </dd>
          </>
        )}
        {module.notes.length === 0 ? null : (
          <>
            <dt className="text-ink-2">Notes</dt>
            <dd className="flex flex-col gap-1">
              {module.notes.map((note) => (
                <span key={note} className="break-words">{note}</span>
              ))}
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}
