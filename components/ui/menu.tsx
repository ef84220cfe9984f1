'use client';

import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { cx } from './cx';

type MenuProps = {
  label: string;
  trigger: ReactNode;
  triggerClass: string;
  /** Where the menu opens, relative to its button. */
  place: 'below-right' | 'above-left';
  children: (close: () => void) => ReactNode;
};

const places = {
  'below-right': 'top-full right-0 mt-1',
  'above-left': 'bottom-full left-0 mb-1',
} satisfies Record<MenuProps['place'], string>;

/** A button that opens a short list of actions. Arrows move, Esc closes and gives the focus back. */
export function Menu({ label, trigger, triggerClass, place, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const items = () => [...(root.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };

  useEffect(() => {
    if (!open) return undefined;
    root.current?.querySelector<HTMLElement>('[role^="menuitem"]')?.focus();
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);

  const move = (event: KeyboardEvent) => {
    const all = items();
    const at = all.findIndex((item) => item === document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Escape') close();
    else if (event.key === 'Tab') setOpen(false);
    else if (next === undefined) return;
    else all.at(next % all.length)?.focus();
    if (event.key !== 'Tab') event.preventDefault();
  };

  return (
    <div ref={root} className="relative">
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={label}
        title={label}
        onClick={() => setOpen(!open)}
        className={triggerClass}
      >
        {trigger}
      </button>
      {open ? (
        <div
          id={id}
          role="menu"
          aria-label={label}
          tabIndex={-1}
          onKeyDown={move}
          className={cx('absolute z-30 min-w-48 rounded-card border border-line bg-raised p-1 text-ink shadow-overlay', places[place])}
        >
          {children(close)}
        </div>
      ) : null}
    </div>
  );
}

type MenuItemProps = { onSelect: () => void; checked?: boolean; children: ReactNode };

/** One action, or one of several choices when `checked` is given. */
export function MenuItem({ onSelect, checked, children }: MenuItemProps) {
  return (
    <button
      type="button"
      role={checked === undefined ? 'menuitem' : 'menuitemradio'}
      aria-checked={checked}
      tabIndex={-1}
      onClick={onSelect}
      className={cx(
        'flex min-h-11 w-full items-center gap-2.5 rounded-control px-2.5 text-left hover:bg-hover focus-visible:bg-hover focus-visible:-outline-offset-2 tablet:min-h-9',
        checked && 'font-semibold text-accent-ink',
      )}
    >
      {children}
    </button>
  );
}
