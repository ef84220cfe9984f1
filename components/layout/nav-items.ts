import { KeyRound, Vault, Workflow, type LucideIcon } from 'lucide-react';
import { paths } from '@/lib/paths';

export type NavItem = { name: string; href: string; icon: LucideIcon };

const algorithms: NavItem = { name: 'Algorithms', href: paths.algorithms(), icon: Workflow };
const secretStore: NavItem = { name: 'Secret store', href: paths.secretStore(), icon: Vault };
const apiKeys: NavItem = { name: 'API keys', href: paths.apiKeys(), icon: KeyRound };

export type NavSection = { title?: string; items: NavItem[] };

/** What a person finds in the navigation: only what they may see. */
export function navigationFor(person: { seesAdminPages: boolean }): NavSection[] {
  if (!person.seesAdminPages) return [{ items: [algorithms, apiKeys] }];
  return [{ items: [algorithms, apiKeys] }, { title: 'Admin', items: [secretStore] }];
}
