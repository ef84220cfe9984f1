import { PageHeader } from '@/components/layout/page-header';
import { SkeletonRows } from '@/components/ui/skeleton';

export default function SecretStoreLoading() {
  return (
    <>
      <PageHeader title="Secret store" />
      <SkeletonRows label="Loading secret providers…" />
    </>
  );
}
