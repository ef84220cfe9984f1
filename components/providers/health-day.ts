import type { HalfHour } from '@/lib/schemas/provider';
import { counted } from '@/lib/words';

/** How a half hour went: without calls, good, with some slow or failed ones, or mostly failed. */
export type Mark = 'none' | 'good' | 'slow' | 'failing';

export interface HealthDay {
  /** 48, oldest first. */
  marks: Mark[];
  /** The same in words. */
  words: string;
  calls: number;
  /** "99.98 %"; never rounded up to all. */
  share: string;
}

function markOf({ good, slow, failed }: HalfHour): Mark {
  const calls = good + slow + failed;
  if (calls === 0) return 'none';
  if (failed * 2 >= calls) return 'failing';
  return failed > 0 || slow * 2 >= calls ? 'slow' : 'good';
}

function shareOf(part: number, whole: number): string {
  return part === whole ? '100 %' : `${(Math.floor((10_000 * part) / whole) / 100).toFixed(2)} %`;
}

/** What the bars of a day show, and what is read out in their place. */
export function healthDay(halfHours: readonly HalfHour[]): HealthDay {
  const marks = halfHours.map(markOf);
  const calls = halfHours.reduce((sum, { good, slow, failed }) => sum + good + slow + failed, 0);
  if (calls === 0) return { marks, calls, share: '', words: 'No calls in the last 24 hours' };
  const failed = halfHours.reduce((sum, half) => sum + half.failed, 0);
  const share = shareOf(calls - failed, calls);
  const count = (wanted: Mark) => marks.filter((mark) => mark === wanted).length;
  const parts = [
    `Last 24 hours: ${share} of ${counted(calls, 'call')} succeeded`,
    ...(count('slow') > 0 ? [`${counted(count('slow'), 'half hour')} with slow or failed calls`] : []),
    ...(count('failing') > 0 ? [`${counted(count('failing'), 'half hour')} in which most calls failed`] : []),
    ...(marks.at(-1) === 'failing' ? ['the last one is one of these'] : []),
  ];
  return { marks, calls, share, words: parts.join(', ') };
}

/** "18 ms", "1.2 s". */
export function spanOf(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
}
