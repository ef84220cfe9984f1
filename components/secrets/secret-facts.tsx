import { RelativeTime } from '@/components/ui/relative-time';
import { Seal } from '@/components/ui/seal';

type SecretFactsProps = { version: number; created: string; modified: string; now: number };

/** Beside the update form: which version is stored now. */
export function SecretFacts({ version, created, modified, now }: SecretFactsProps) {
  return (
    <section className="flex flex-col gap-3">
      <h2 className="font-semibold">Stored now</h2>
      <dl className="grid grid-cols-[6rem_1fr] gap-y-2 text-small">
        <dt className="text-ink-2">Version</dt>
        <dd className="flex items-center gap-3">
          <span className="font-mono">v{version}</span>
          <Seal />
        </dd>
        <dt className="text-ink-2">Updated</dt>
        <dd>
          <RelativeTime at={modified} now={now} />
        </dd>
        <dt className="text-ink-2">Created</dt>
        <dd>
          <RelativeTime at={created} now={now} />
        </dd>
      </dl>
    </section>
  );
}
