import { BookOpen } from 'lucide-react';
import { paths } from '@/lib/paths';
import { AppearanceMenu } from './appearance-menu';
import { railItemClass, RailText } from './rail-item';
import { UserMenu } from './user-menu';

export type Person = { username: string; role: string; seesAdminPages: boolean };

/** What stands at the rail's lower end: documentation, appearance, and, beside the page, who is signed in. */
export function RailFoot({ person, drawer = false }: { person: Person; drawer?: boolean }) {
  return (
    <div className="mt-auto flex flex-col gap-1">
      <a href={paths.documentation()} target="_blank" rel="noopener" title="Opens in a new tab" className={railItemClass(false, drawer)}>
        <BookOpen aria-hidden="true" className="shrink-0" size={18} strokeWidth={1.75} />
        <RailText drawer={drawer}>Documentation</RailText>
      </a>
      <AppearanceMenu drawer={drawer} />
      {drawer ? null : (
        <div className="mt-2 border-t border-rail-line pt-3">
          <UserMenu person={person} place="rail" />
        </div>
      )}
    </div>
  );
}
