'use client';

import { Check, Monitor, Moon, Sun, SunMoon, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { Menu, MenuItem } from '@/components/ui/menu';
import { railItemClass, RailText } from './rail-item';
import { themeCookie, themeOf, type Theme } from './theme';

const choices: { theme: Theme; name: string; icon: LucideIcon }[] = [
  { theme: 'system', name: 'As the system', icon: Monitor },
  { theme: 'light', name: 'Light', icon: Sun },
  { theme: 'dark', name: 'Dark', icon: Moon },
];

function currentTheme(): Theme {
  const { classList } = document.documentElement;
  return themeOf(['light', 'dark'].find((name) => classList.contains(name)));
}

function apply(theme: Theme) {
  const { classList } = document.documentElement;
  classList.remove('light', 'dark');
  if (theme !== 'system') classList.add(theme);
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `${themeCookie}=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

/** System, light or dark. */
export function AppearanceMenu({ drawer = false }: { drawer?: boolean }) {
  const [chosen, setChosen] = useState<Theme | null>(null);
  const choose = (theme: Theme) => {
    apply(theme);
    setChosen(theme);
  };
  return (
    <Menu
      label="Appearance"
      place="above-left"
      triggerClass={railItemClass(false, drawer)}
      trigger={
        <>
          <SunMoon aria-hidden="true" className="shrink-0" size={18} strokeWidth={1.75} />
          <RailText drawer={drawer}>Appearance</RailText>
        </>
      }
    >
      {(close) =>
        choices.map(({ theme, name, icon: Icon }) => {
          const checked = theme === (chosen ?? currentTheme());
          return (
            <MenuItem
              key={theme}
              checked={checked}
              onSelect={() => {
                choose(theme);
                close();
              }}
            >
              <Icon aria-hidden="true" size={16} strokeWidth={1.75} />
              <span className="flex-1">{name}</span>
              {checked ? <Check aria-hidden="true" size={16} strokeWidth={1.75} /> : null}
            </MenuItem>
          );
        })
      }
    </Menu>
  );
}
