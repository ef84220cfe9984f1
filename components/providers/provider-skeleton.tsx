import { SkeletonBar } from '@/components/ui/skeleton';

/** The overview of a provider before it is there: the test with its steps, the day, and the facts beside them. */
export function SkeletonProvider() {
  return (
    <div role="status" className="after-200ms flex flex-col gap-8 wide:flex-row wide:gap-10">
      <span className="sr-only">Loading the provider…</span>
      <div aria-hidden="true" className="flex min-w-0 flex-1 flex-col gap-6">
        <div className="divide-y divide-line rounded-card border border-line bg-surface">
          <div className="flex h-17 items-center gap-3.5 px-5">
            <SkeletonBar className="size-5" />
            <SkeletonBar className="w-2/5" />
          </div>
          {Array.from({ length: 7 }, (_, index) => (
            <div key={index} className="flex h-10 items-center gap-3 px-5">
              <SkeletonBar className="w-3/5" />
            </div>
          ))}
        </div>
        <div className="h-44 rounded-card border border-line bg-surface px-5 py-4">
          <SkeletonBar className="w-1/4" />
        </div>
      </div>
      <div aria-hidden="true" className="flex flex-col gap-3 wide:w-75 wide:shrink-0">
        {['w-1/2', 'w-3/4', 'w-2/3', 'w-3/4'].map((width, index) => (
          <SkeletonBar key={index} className={width} />
        ))}
      </div>
    </div>
  );
}
