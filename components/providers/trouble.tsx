'use client';

import type { ReactNode } from 'react';
import { LinkButton } from '@/components/layout/link-button';
import { Note } from '@/components/ui/note';
import { paths } from '@/lib/paths';
import type { ProviderView } from '@/lib/schemas/provider';
import { counted } from '@/lib/words';
import { MissingModule } from './missing-module';

type TroubleProps = { provider: ProviderView; editable: boolean; /** In its row of the list, or on its own page. */ where: 'row' | 'page' };

/** What is wrong with a provider: cause, effect, and the button that mends it. Nothing while it is well. */
export function Trouble({ provider, editable, where }: TroubleProps) {
  const { state } = provider.status;
  if (state === 'ok' || state === 'unknown') return null;
  if (state === 'module_missing') {
    const note = <MissingModule provider={provider} editable={editable} />;
    return where === 'row' ? note : <div className="tablet:-ml-13.5">{note}</div>;
  }
  const indent = where === 'row' ? 'tablet:ml-13.5' : '';
  if (state === 'disabled') {
    return (
      <Note tone="warn" className={indent}>
        <strong className="font-semibold text-ink">New and changed secrets are refused on this provider.</strong> {delivered(provider)}
      </Note>
    );
  }
  return <Failing provider={provider} editable={editable} where={where} className={indent} />;
}

function delivered({ usedBy }: ProviderView): string {
  if (usedBy === 0) return '';
  return `The ${counted(usedBy, 'stored secret')} ${usedBy === 1 ? 'goes' : 'go'} on reaching ${usedBy === 1 ? 'its algorithm' : 'their algorithms'}.`;
}

function Failing({ provider, editable, where, className }: TroubleProps & { className: string }) {
  const { message } = provider.status;
  // Up to the first sentence's end; addresses and class names have dots too, but no space after them.
  const [cause = message] = /^.+?[.!](?=\s|$)/s.exec(message) ?? [];
  const rest = message.slice(cause.length).trim();
  const effect = [
    ...(provider.usedBy > 0 ? [`Workers go on with the last good values of ${counted(provider.usedBy, 'secret')}.`] : []),
    'New and changed secrets are refused until it works again.',
  ];
  const actions: ReactNode[] = [];
  if (editable) {
    actions.push(
      <LinkButton key="mend" size="small" href={paths.updateProvider(provider.id)} name={`Change the configuration of ${provider.name}`}>
        {mendOf(provider)}
      </LinkButton>,
    );
  }
  if (where === 'row') {
    actions.push(
      <LinkButton key="see" size="small" kind={editable ? 'quiet' : 'secondary'} href={paths.provider(provider.id)} name={`See what failed of ${provider.name}`}>
        See what failed
      </LinkButton>,
    );
  }
  return (
    <Note tone="danger" className={className} actions={actions.length > 0 ? actions : undefined}>
      <strong className="font-semibold text-ink [overflow-wrap:anywhere]">{cause}</strong>{' '}
      {rest === '' ? null : <span className="[overflow-wrap:anywhere] whitespace-pre-line">{rest} </span>}
      <span className="block">{effect.join(' ')}</span>
    </Note>
  );
}

/** The key that the plugin's words name, where they name one. */
function mendOf({ status: { message }, configurationKeys }: ProviderView): string {
  const words = new Set(message.split(/[^\w.-]+/));
  const named = configurationKeys.find((key) => key.length > 3 && words.has(key));
  return named === undefined ? 'Change its configuration' : `Replace ${named}`;
}
