import { cx } from './cx';

/** A bar where text will be. */
export function SkeletonBar({ className }: { className: string }) {
  return <span className={cx('block h-3.5 rounded-badge bg-hover', className)} />;
}

/** Rows of the real height, shown once waiting is long enough to be noticed. */
export function SkeletonRows({ rows = 3, label }: { rows?: number; label: string }) {
  return (
    <div role="status" className="after-200ms divide-y divide-line rounded-card border border-line bg-surface">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} aria-hidden="true" className="flex h-25 items-center gap-4.5 px-5">
          <span className="size-9 shrink-0 rounded-control bg-hover" />
          <span className="flex flex-1 flex-col gap-2.5">
            <SkeletonBar className="w-2/5" />
            <SkeletonBar className="w-3/5" />
          </span>
        </div>
      ))}
    </div>
  );
}

/** Fields of the real height. */
export function SkeletonForm({ label }: { label: string }) {
  return (
    <div role="status" className="after-200ms mt-2 flex max-w-160 flex-col gap-5.5">
      <span className="sr-only">{label}</span>
      {Array.from({ length: 3 }, (_, index) => (
        <div key={index} aria-hidden="true" className="flex flex-col gap-2">
          <SkeletonBar className="w-32" />
          <SkeletonBar className="h-9.5 rounded-control" />
        </div>
      ))}
    </div>
  );
}
