import { exactly } from '@/components/ui/time';
import type { ProviderLog } from '@/lib/schemas/provider';

/** Colours and cursor movements of a terminal, which many logging libraries print. */
const terminalCodes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

type Line = { at: string; text: string };

function linesOf(log: ProviderLog): Line[] {
  return log.printed.flatMap(({ at, text }) =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => ({ at, text: line.replace(terminalCodes, '') })),
  );
}

/** What a plugin printed, each line with its time; the newest is at the end, as in a terminal. */
export function ProviderLogText({ log }: { log: ProviderLog }) {
  return (
    <div
      role="region"
      aria-label="What its plugin printed"
      // Reachable by keyboard, so that it can be scrolled by keyboard.
      tabIndex={0}
      className="max-h-[70vh] overflow-y-auto rounded-card border border-line bg-sunken px-4 py-3 font-mono text-caption"
    >
      {linesOf(log).map(({ at, text }, index) => (
        // Lines have an order and no identity of their own.
        <div key={index} className="flex flex-col tablet:flex-row tablet:gap-3.5">
          <time dateTime={at} title={exactly(at)} className="shrink-0 text-ink-3">
            {at.slice(11, 19)}
          </time>
          <span className="min-w-0 whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">{text}</span>
        </div>
      ))}
    </div>
  );
}
