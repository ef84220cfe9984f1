import { Cpu, Lock, Zap, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ProviderOption } from './provider-option';
import type { ValueSource } from './value-source';

/** Beside the form: what becomes of the value, as far as the chosen provider can promise it. */
export function WhatHappens({ algorithm, provider, source }: { algorithm: string; provider: ProviderOption | undefined; source: ValueSource }) {
  return (
    <section className="flex flex-col gap-3">
      <h2 className="font-semibold">What happens to the value</h2>
      <ul className="flex flex-col gap-3.5 text-small text-ink-2">
        {provider ? (
          <Fact icon={Lock}>
            {provider.isInternal
              ? 'Sealed for the workers before it is stored. This server cannot open it again.'
              : source === 'linked'
                ? `Stays in the backend of ${provider.name}. Its plugin reads it for each worker, also when it is changed there.`
                : `Handed to ${provider.name} by its plugin and kept there, not in this cluster’s database.`}
          </Fact>
        ) : null}
        <Fact icon={Zap}>At running workers within one second.</Fact>
        <Fact icon={Cpu}>
          Opened only on the worker that starts <strong className="font-semibold break-all text-ink">{algorithm}</strong>.
        </Fact>
      </ul>
    </section>
  );
}

function Fact({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <li className="flex gap-3">
      <Icon aria-hidden="true" className="mt-px shrink-0 text-accent-ink" size={16} strokeWidth={1.75} />
      <span className="min-w-0">{children}</span>
    </li>
  );
}
