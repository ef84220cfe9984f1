'use client';

import { ListFilter, Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { buttonClass } from '@/components/ui/button-class';
import { Menu, MenuItem } from '@/components/ui/menu';
import { TextInput } from '@/components/ui/text-input';
import { paths } from '@/lib/paths';
import type { ProviderView } from '@/lib/schemas/provider';
import { stateNames } from './provider-status';

/** As it stands in the address; empty is any. */
export type Filter = { query: string; status: '' | ProviderView['status']['state'] };

const pauseMs = 250;

/** What is looked for goes into the address, so that it can be sent to somebody and come back to. */
export function ProviderFilter({ filter: { query, status } }: { filter: Filter }) {
  const router = useRouter();
  const [typed, setTyped] = useState(query);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const show = (text: string, state: Filter['status']) => {
    clearTimeout(timer.current);
    router.replace(paths.secretStoreFiltered(text.trim(), state), { scroll: false });
  };
  const type = (text: string) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => show(text, status), pauseMs);
  };
  const choices = [['', 'any'], ...Object.entries(stateNames)] as [Filter['status'], string][];
  return (
    <search className="flex items-center justify-between gap-3">
      <form
        className="relative min-w-0 flex-1 tablet:max-w-70"
        onSubmit={(event) => {
          event.preventDefault();
          show(typed, status);
        }}
      >
        <Search aria-hidden="true" className="pointer-events-none absolute inset-y-0 left-3 my-auto text-ink-2" size={16} strokeWidth={1.75} />
        <TextInput
          type="search"
          name="q"
          aria-label="Filter by name or module"
          placeholder="Filter by name or module"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => type(event.target.value)}
          className="pl-9"
        />
      </form>
      <Menu
        label={`Status: ${status === '' ? 'any' : stateNames[status]}`}
        place="below-right"
        triggerClass={buttonClass('secondary', 'normal', 'whitespace-nowrap')}
        trigger={
          <>
            <ListFilter aria-hidden="true" size={16} strokeWidth={1.75} />
            Status: {status === '' ? 'any' : stateNames[status]}
          </>
        }
      >
        {(close) =>
          choices.map(([state, name]) => (
            <MenuItem
              key={state}
              checked={state === status}
              onSelect={() => {
                close();
                show(typed, state);
              }}
            >
              {state === '' ? 'Any status' : name}
            </MenuItem>
          ))
        }
      </Menu>
    </search>
  );
}
