import { PageHeader } from '@/components/layout/page-header';
import { SkeletonForm } from '@/components/ui/skeleton';

export default function FormLoading() {
  return (
    <>
      <PageHeader title="New secret provider" />
      <SkeletonForm label="Loading…" />
    </>
  );
}
