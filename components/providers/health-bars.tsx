import { cx } from '@/components/ui/cx';
import type { HealthDay, Mark } from './health-day';

/** Of ten. The height says it too, so that nobody needs the colour. */
const heights: Record<Mark, number> = { none: 0, good: 2.6, slow: 5.5, failing: 10 };
const colors: Record<Exclude<Mark, 'none'>, string> = { good: 'fill-ok opacity-70', slow: 'fill-warn', failing: 'fill-danger' };

/** All bars of one kind as one shape: a list of providers has fifty times as many bars as rows. */
function shapeOf(marks: readonly Mark[], kind: Mark): string {
  return marks.flatMap((mark, at) => (mark === kind ? [`M${at + 0.1} 10v${-heights[kind]}h0.8V10z`] : [])).join('');
}

/** A day in 48 bars: good low, slow half, failing full height, nothing a line. */
export function HealthBars({ day, className }: { day: HealthDay; className: string }) {
  const { marks, words } = day;
  const quiet = marks.flatMap((mark, at) => (mark === 'none' ? [`M${at + 0.1} 9.5h0.8`] : [])).join('');
  return (
    <svg role="img" aria-label={words} viewBox={`0 0 ${marks.length} 10`} preserveAspectRatio="none" className={cx('block w-full', className)}>
      {(['good', 'slow', 'failing'] as const).map((kind) => (
        <path key={kind} d={shapeOf(marks, kind)} className={colors[kind]} />
      ))}
      <path d={quiet} className="fill-none stroke-line-strong" strokeWidth={1} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
