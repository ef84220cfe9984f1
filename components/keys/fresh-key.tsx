'use client';

import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';

/** A new key, shown this once. */
export function FreshKey({ apiKey, onDone }: { apiKey: string; onDone: () => void }) {
  return (
    <div className="flex flex-col gap-5">
      <p className="text-ink-2">It is shown this once. Only a fingerprint of it is stored, so nobody can show it again.</p>
      <div className="flex items-center justify-between gap-2 rounded-note border border-line bg-sunken py-2 pr-2 pl-3.5">
        <code data-testid="api-key" className="break-all">
          {apiKey}
        </code>
        <CopyButton text={apiKey} what="the API key" size={17} className="size-8" />
      </div>
      <p className="text-small text-ink-2">
        Send it as <span className="font-mono">Authorization: Simple KEY</span>.
      </p>
      <div className="flex justify-end">
        <Button kind="primary" onClick={onDone} autoFocus className="w-full tablet:w-auto">
          I have copied it
        </Button>
      </div>
    </div>
  );
}
