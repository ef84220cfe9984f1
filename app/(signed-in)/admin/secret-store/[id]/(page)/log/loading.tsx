import { SkeletonBar } from '@/components/ui/skeleton';

export default function LogLoading() {
  return (
    <div role="status" className="after-200ms flex flex-col gap-3 rounded-card border border-line bg-sunken px-4 py-4">
      <span className="sr-only">Loading the log…</span>
      {['w-3/5', 'w-4/5', 'w-2/5', 'w-3/4'].map((width) => (
        <SkeletonBar key={width} className={width} />
      ))}
    </div>
  );
}
