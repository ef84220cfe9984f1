'use client';

import { useEffect, useState } from 'react';
import { exactly, relatively } from './time';

/**
 * "2 hours ago", exact in its title; it goes on counting while the page is open.
 * `now` is the server's clock at rendering (milliseconds), so that the first client render says the same words.
 */
export function RelativeTime({ at, now }: { at: string; now: number }) {
  const [clock, setClock] = useState(now);
  useEffect(() => {
    const tick = () => setClock((before) => Math.max(before, Date.now()));
    const timer = setInterval(tick, 30_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={exactly(at)}>
      {relatively(at, clock)}
    </time>
  );
}
