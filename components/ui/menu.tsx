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

/** Puts the open list beside its button, in the top layer, where nothing that scrolls can cut it off. */
function position(list: HTMLElement, button: HTMLElement, place: MenuProps['place']) {
  const at = button.getBoundingClientRect();
  const gap = 4;
  if (place === 'below-right') {
    list.style.left = `${Math.max(8, at.right - list.offsetWidth)}px`;
    const below = at.bottom + gap;
    const fits = below + list.offsetHeight <= window.innerHeight - 8;
    list.style.top = `${fits ? below : Math.max(8, at.top - gap - list.offsetHeight)}px`;
  } else {
    list.style.left = `${at.left}px`;
    list.style.top = `${Math.max(8, at.top - gap - list.offsetHeight)}px`;
  }
}

/** A button that opens a short list of actions. Arrows move, Esc closes and gives the focus back. */
export function Menu({ label, trigger, triggerClass, place, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const items = () => [...(root.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };

  useEffect(() => {
    if (!open || !list.current || !button.current) return undefined;
    list.current.showPopover();
    position(list.current, button.current, place);
    list.current.querySelector<HTMLElement>('[role^="menuitem"]')?.focus({ preventScroll: true });
    const moved = () => setOpen(false);
    window.addEventListener('resize', moved);
    window.addEventListener('scroll', moved, true);
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      window.removeEventListener('resize', moved);
      window.removeEventListener('scroll', moved, true);
    };
  }, [open, place]);

  const move = (event: KeyboardEvent) => {
    const all = items();
    const at = all.findIndex((item) => item === document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Escape') close();
    else if (event.key === 'Tab') setOpen(false);
    else if (next === undefined) return;
    else all.at(next % all.length)?.focus({ preventScroll: true });
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
          ref={list}
          id={id}
          popover="manual"
          role="menu"
          aria-label={label}
          tabIndex={-1}
          onKeyDown={move}
          className="overlay fixed inset-auto z-50 m-0 min-w-48 rounded-card border border-line bg-raised p-1 text-ink shadow-overlay"
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
