import { Check, Minus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Badge } from '@/components/ui/badge';
import { Breakable } from '@/components/ui/breakable';
import { Seal } from '@/components/ui/seal';
import type { ProviderHealthView, ProviderView } from '@/lib/schemas/provider';
import { ClassName } from './class-name';
import { ContainedBy } from './contained-by';
import { FactSection, Facts } from './fact-section';
import { ShortHash } from './short-hash';

type ProviderFactsProps = { provider: ProviderView; health: ProviderHealthView; editable: boolean };

/** What a provider with a plugin is made of. */
export function ProviderFacts({ provider, health, editable }: ProviderFactsProps) {
  const { renewedSeconds } = health;
  return (
    <>
      {provider.moduleSha256 === '' ? null : (
        <FactSection title="What it may do">
          {/* Its plugin says so when it starts. */}
          {renewedSeconds === undefined ? <p className="text-small text-ink-2">Known once its plugin was started.</p> : <Capabilities of={provider.capabilities} />}
        </FactSection>
      )}
      <FactSection title="Key value pairs">
        {provider.configurationKeys.length === 0 ? (
          <p className="text-small text-ink-2">None are set.</p>
        ) : (
          <>
            <ul className="flex flex-col gap-2">
              {provider.configurationKeys.map((key) => (
                <li key={key} className="flex items-center gap-3 text-small">
                  <span className="min-w-0 flex-1 font-mono">
                    <Breakable>{key}</Breakable>
                  </span>
                  <span className="flex shrink-0 items-center gap-2">
                    <Seal className="w-13" />
                    <span className="text-ink-2">Set</span>
                  </span>
                </li>
              ))}
            </ul>
            <p className="text-small text-ink-2">Values are write-only.{editable ? ' Update replaces them.' : null}</p>
          </>
        )}
      </FactSection>
      <FactSection title="Module">
        <Facts facts={moduleFacts(provider, renewedSeconds)} />
      </FactSection>
      <ContainedBy health={health} />
    </>
  );
}

type Fact = [name: string, fact: ReactNode];

function moduleFacts(provider: ProviderView, renewedSeconds: number | undefined): Fact[] {
  const { moduleName, moduleSha256, factoryClassName, interfaceVersion } = provider;
  return [
    ['File', moduleName === '' ? 'Not uploaded' : <Breakable key="file">{moduleSha256 === '' ? `${moduleName}, not uploaded` : moduleName}</Breakable>],
    ...(moduleSha256 === '' ? [] : [['SHA-256', <ShortHash key="hash" sha256={moduleSha256} />] as Fact]),
    ['Factory', <ClassName key="factory">{factoryClassName}</ClassName>],
    ['Interface', interfaceVersion],
    ...(renewedSeconds === undefined ? [] : [['Renewed', renewedSeconds === 0 ? 'never' : `every ${renewedSeconds.toLocaleString('en')} s`] as Fact]),
  ];
}

/** What is known of the provider that is always there. */
export function BuiltInFacts({ provider }: { provider: ProviderView }) {
  return (
    <>
      <FactSection title="What it may do">
        <Capabilities of={provider.capabilities} />
      </FactSection>
      <FactSection title="Where values are">
        <p className="text-small text-ink-2">In this cluster’s database, sealed to its workers’ key. No server can open them; the workers do when they start an algorithm.</p>
      </FactSection>
      <FactSection title="Built in">
        <Facts facts={[['Factory', <ClassName key="factory">{provider.factoryClassName}</ClassName>], ['Interface', provider.interfaceVersion]]} />
        <p className="text-small text-ink-2">It runs no module and takes no key value pairs. It can be disabled, and stays.</p>
      </FactSection>
    </>
  );
}

function Capabilities({ of }: { of: ProviderView['capabilities'] }) {
  const names = { create: 'Create', update: 'Update', delete: 'Delete' } as const;
  return (
    <ul aria-label="What it may do" className="flex flex-wrap gap-2">
      {(['create', 'update', 'delete'] as const).map((each) => (
        <li key={each}>
          {of[each] ? <Badge icon={Check}>{names[each]}</Badge> : <Badge icon={Minus}>No {each}</Badge>}
        </li>
      ))}
    </ul>
  );
}
