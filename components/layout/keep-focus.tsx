'use client';

import { useEffect } from 'react';

/** Where something stood that had the focus. */
interface Place {
  element: Element;
  /** The row of a list or table that it was in, and its number. */
  rows: Element | null;
  at: number;
  section: Element | null;
}

function placeOf(element: Element): Place {
  const row = element.closest('li, tbody tr');
  return { element, rows: row?.parentElement ?? null, at: row?.parentElement ? [...row.parentElement.children].indexOf(row) : 0, section: element.closest('section[aria-labelledby]') };
}

/** The row that took its place, else the heading of what it was in, else the page's. */
function nextTo({ rows, at, section }: Place): Element | null {
  if (rows?.isConnected && rows.children.length > 0) return rows.children[Math.min(at, rows.children.length - 1)] ?? null;
  const heading = section?.isConnected ? document.getElementById(section.getAttribute('aria-labelledby') ?? '') : null;
  return heading ?? document.querySelector('main h1');
}

function give(target: Element | null): void {
  if (!(target instanceof HTMLElement)) return;
  if (!target.hasAttribute('tabindex')) target.tabIndex = -1;
  // Whoever scrolled to a row stays where they are.
  target.focus({ preventScroll: true });
}

/**
 * Keeps the keyboard's place: when what has the focus is taken off the page, as the row of something that was removed, the
 * browser gives it to nothing, and the next Tab would begin at the top of the page.
 */
export function KeepFocus() {
  useEffect(() => {
    let last: Place | undefined;
    const remember = ({ target }: FocusEvent) => {
      // A dialog gives the focus back to where it was before.
      if (target instanceof Element && !target.closest('dialog')) last = placeOf(target);
    };
    // Somebody who clicks on nothing has left it; what is taken away loses the focus too, and is gone a moment later.
    const leave = () => setTimeout(() => {
      if (last?.element.isConnected && document.activeElement === document.body) last = undefined;
    });
    const watcher = new MutationObserver(() => {
      if (!last || last.element.isConnected || document.querySelector('dialog[open]')) return;
      const isLost = document.activeElement === null || document.activeElement === document.body;
      const place = last;
      last = undefined;
      if (isLost) give(nextTo(place));
    });
    document.addEventListener('focusin', remember);
    document.addEventListener('focusout', leave);
    watcher.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener('focusin', remember);
      document.removeEventListener('focusout', leave);
      watcher.disconnect();
    };
  }, []);
  return null;
}
