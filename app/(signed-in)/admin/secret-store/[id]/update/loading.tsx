import { PageHeader } from '@/components/layout/page-header';
import { SkeletonForm } from '@/components/ui/skeleton';

export default function FormLoading() {
  return (
    <>
      <PageHeader title="Update secret provider" />
      <SkeletonForm label="Loading…" />
    </>
  );
}
