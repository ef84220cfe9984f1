import { SkeletonRows } from '@/components/ui/skeleton';

export default function SecretsLoading() {
  return <SkeletonRows label="Loading secrets…" />;
}
