const steps = [
  { unit: 'minute', seconds: 60, below: 60 * 60 },
  { unit: 'hour', seconds: 60 * 60, below: 24 * 60 * 60 },
  { unit: 'day', seconds: 24 * 60 * 60, below: 30 * 24 * 60 * 60 },
  { unit: 'month', seconds: 30.44 * 24 * 60 * 60, below: 365 * 24 * 60 * 60 },
  { unit: 'year', seconds: 365.25 * 24 * 60 * 60, below: Infinity },
] as const;

// Always English, as the pages are: the browser's own language would differ from the server's first render.
const words = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/** How long ago `at` (RFC 3339) was, seen from `now` (milliseconds): "a few seconds ago", "2 hours ago", "1 day ago". */
export function relatively(at: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(at)) / 1000);
  if (seconds < 45) return 'a few seconds ago';
  const step = steps.find((candidate) => seconds < candidate.below) ?? steps[4];
  return words.format(-Math.max(1, Math.floor(seconds / step.seconds)), step.unit);
}

/** The moment itself, in UTC: "11 March 2021, 20:42:23 UTC". */
export function exactly(at: string): string {
  const moment = new Date(at);
  const day = moment.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  const time = moment.toLocaleTimeString('en-GB', { timeZone: 'UTC' });
  return `${day}, ${time} UTC`;
}
