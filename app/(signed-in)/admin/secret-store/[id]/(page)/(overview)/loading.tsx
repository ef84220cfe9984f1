import { SkeletonProvider } from '@/components/providers/provider-skeleton';

export default SkeletonProvider;
