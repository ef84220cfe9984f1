import { SkeletonBar, SkeletonRows } from '@/components/ui/skeleton';

export default function SettingsLoading() {
  return (
    <>
      <h1 className="sr-only">Algorithm</h1>
      <div aria-hidden="true" className="after-200ms flex flex-col gap-4 pt-2">
        <SkeletonBar className="w-24" />
        <SkeletonBar className="h-7 w-72 max-w-full" />
      </div>
      <SkeletonRows label="Loading secrets…" />
    </>
  );
}
