'use client';

import { Button } from '@/components/ui/button';
import './globals.css';

/** The last resort, when not even the layout could be rendered. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <main className="mx-auto flex max-w-180 flex-col gap-4 px-4 py-16">
          <title>Secret Store could not be loaded</title>
          <h1 className="text-h1-phone font-[680] tracking-tight tablet:text-h1">Secret Store could not be loaded</h1>
          <p className="text-lead text-ink-2">
            A part of the server did not answer. Nothing is lost, and algorithms go on starting with the values that the workers
            last had.
          </p>
          <div>
            <Button kind="primary" onClick={() => location.reload()}>
              Try again
            </Button>
          </div>
          {error.digest ? <p className="text-small text-ink-3">Reference {error.digest}</p> : null}
        </main>
      </body>
    </html>
  );
}
