import { PageHeader } from '@/components/layout/page-header';
import { SkeletonRows } from '@/components/ui/skeleton';

export default function AlgorithmsLoading() {
  return (
    <>
      <PageHeader title="Algorithms" />
      <SkeletonRows label="Loading algorithms…" />
    </>
  );
}
