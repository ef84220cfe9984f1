import type { Crumb } from '@/components/layout/breadcrumbs';
import { paths } from '@/lib/paths';

/** The way back from a secret's form. */
export function secretTrail({ owner, name }: { owner: string; name: string }): Crumb[] {
  return [
    { name: 'Algorithms', href: paths.algorithms() },
    { name: `${owner} / ${name}`, href: paths.algorithmSettings(owner, name) },
    { name: 'Secrets', href: `${paths.algorithmSettings(owner, name)}#secrets` },
  ];
}
