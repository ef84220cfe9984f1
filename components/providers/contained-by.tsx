import { ShieldAlert, ShieldCheck, type LucideIcon } from 'lucide-react';
import type { ProviderHealthView } from '@/lib/schemas/provider';
import { FactSection } from './fact-section';

/** How a provider's process is held on this server, and what that does not hold. */
export function ContainedBy({ health: { containment, limits } }: { health: ProviderHealthView }) {
  const { tier, title, protects, doesNot, reasons } = containment;
  if (tier === '') {
    return (
      <FactSection title="Contained by">
        <p className="text-small text-ink-2">No plugin runs on this server.</p>
        {reasons.map((reason) => (
          <p key={reason} className="text-small text-ink-2">{reason}</p>
        ))}
      </FactSection>
    );
  }
  return (
    <FactSection title="Contained by">
      <p className="text-small">{title}</p>
      <ul aria-label="What holds it" className="flex flex-col gap-2">
        {protects.map((sentence) => (
          <Point key={sentence} icon={ShieldCheck} color="text-ok" sentence={sentence} />
        ))}
        {limits ? <Point icon={ShieldCheck} color="text-ok" sentence={`At most ${limits.heapMb} MB of Java heap; a call takes at most ${limits.callSeconds} s.`} /> : null}
      </ul>
      <h3 className="mt-1 text-small font-semibold">What this does not protect from</h3>
      <ul className="flex flex-col gap-2">
        {doesNot.map((sentence) => (
          <Point key={sentence} icon={ShieldAlert} color={tier === 'plain' ? 'text-warn' : 'text-ink-3'} sentence={sentence} />
        ))}
      </ul>
      {reasons.length === 0 ? null : (
        <>
          <h3 className="mt-1 text-small font-semibold">Why it is not held more tightly</h3>
          {reasons.map((reason) => (
            <p key={reason} className="text-small text-ink-2 [overflow-wrap:anywhere]">{reason}</p>
          ))}
        </>
      )}
    </FactSection>
  );
}

function Point({ icon: Icon, color, sentence }: { icon: LucideIcon; color: string; sentence: string }) {
  return (
    <li className="flex gap-2.5 text-small text-ink-2">
      <Icon aria-hidden="true" className={`mt-px shrink-0 ${color}`} size={16} strokeWidth={1.75} />
      <span className="min-w-0">{sentence}</span>
    </li>
  );
}
