'use client';

import { Ban, Check, CircleCheck, CirclePlay, Ellipsis } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState, type ReactNode } from 'react';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { Refusal } from '@/components/ui/error-summary';
import { Menu, MenuItem } from '@/components/ui/menu';
import { useToast } from '@/components/ui/toast';
import { ApiFailure, callApi } from '@/lib/client/api';
import { refusalOf } from '@/lib/client/refusal';
import { endpoints, paths } from '@/lib/paths';
import type { ProviderRequest, ProviderView } from '@/lib/schemas/provider';
import { counted } from '@/lib/words';
import { wantTest } from './wanted-test';

/** The whole record as it is, with one thing changed; a key that is null keeps its stored value. */
function requestFor(provider: ProviderView, change: Partial<ProviderRequest>): ProviderRequest {
  const { name, description, moduleName, factoryClassName, interfaceVersion, isEnabled, isDefault } = provider;
  const configuration = Object.fromEntries(provider.configurationKeys.map((key) => [key, null]));
  return { name, description, moduleName, factoryClassName, interfaceVersion, isEnabled, isDefault, configuration, ...change };
}

type ProviderMenuProps = {
  provider: ProviderView;
  /** In its row, with a test among the actions, or on its own page, which has a button for that. */
  where: 'row' | 'page';
};

/** What an admin may do with a provider. */
export function ProviderMenu({ provider, where }: ProviderMenuProps) {
  const router = useRouter();
  const showToast = useToast();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const strong = <strong className="font-semibold break-all">{provider.name}</strong>;

  const change = async (path: string, body: ProviderRequest | undefined, said: ReactNode) => {
    await callApi('POST', path, body);
    showToast({ message: said });
    router.refresh();
  };
  const atOnce = (work: Promise<void>) =>
    work.catch((error: unknown) => showToast({ message: error instanceof ApiFailure ? error.message : 'Nothing was changed. Reload the page.' }));

  const test = () => {
    wantTest(provider.id);
    router.push(paths.provider(provider.id));
  };
  const makeDefault = () => atOnce(change(endpoints.defaultProvider(provider.id), undefined, <>{strong} is the default now</>));
  const enable = () => atOnce(change(endpoints.provider(provider.id), requestFor(provider, { isEnabled: true }), <>Enabled {strong}</>));
  const disable = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      await change(endpoints.provider(provider.id), requestFor(provider, { isEnabled: false }), <>Disabled {strong}</>);
      setAsking(false);
    } catch (error) {
      setRefusal(refusalOf(error, 'The provider was not disabled.'));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className={where === 'row' ? 'absolute top-3 right-2.5 tablet:static' : undefined}>
      <Menu
        label={`Actions for ${provider.name}`}
        place="below-right"
        triggerClass="inline-flex size-11 items-center justify-center rounded-control text-ink-2 hover:bg-hover hover:text-ink tablet:size-8"
        trigger={<Ellipsis aria-hidden="true" size={18} strokeWidth={1.75} />}
      >
        {(close) => {
          const chosen = (act: () => unknown) => () => {
            close();
            act();
          };
          return (
            <>
              {where === 'row' && provider.moduleSha256 !== '' ? (
                <MenuItem onSelect={chosen(test)}>
                  <CirclePlay aria-hidden="true" size={16} strokeWidth={1.75} />
                  Test provider
                </MenuItem>
              ) : null}
              {provider.isEnabled && !provider.isDefault ? (
                <MenuItem onSelect={chosen(makeDefault)}>
                  <Check aria-hidden="true" size={16} strokeWidth={1.75} />
                  Make default
                </MenuItem>
              ) : null}
              {provider.isEnabled ? (
                <MenuItem onSelect={chosen(() => setAsking(true))}>
                  <Ban aria-hidden="true" size={16} strokeWidth={1.75} />
                  Disable…
                </MenuItem>
              ) : (
                <MenuItem onSelect={chosen(enable)}>
                  <CircleCheck aria-hidden="true" size={16} strokeWidth={1.75} />
                  Enable
                </MenuItem>
              )}
            </>
          );
        }}
      </Menu>
      <ConfirmDialog
        open={asking}
        title={`Disable ${provider.name}?`}
        keep="Keep it enabled"
        action="Disable provider"
        busy={busy ? 'Disabling…' : null}
        refusal={refusal}
        onClose={() => {
          setAsking(false);
          setRefusal(null);
        }}
        onConfirm={() => void disable()}
      >
        New and changed secrets are refused on it until it is enabled again.{' '}
        {provider.usedBy === 0 ? null : `${counted(provider.usedBy, 'secret')} stay stored and go on reaching their algorithms. `}
        {provider.isDefault ? 'It stays the default, so a new secret has to name another provider.' : null}
      </ConfirmDialog>
    </div>
  );
}
