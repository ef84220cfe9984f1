import { SkeletonRows } from '@/components/ui/skeleton';

export default function ModulesLoading() {
  return <SkeletonRows label="Loading modules…" />;
}
