import { LinkButton } from '@/components/layout/link-button';
import { paths } from '@/lib/paths';

/** What both not-found pages say. */
export function NothingHere() {
  return (
    <>
      <h1 className="text-h1-phone font-[680] tracking-tight tablet:text-h1">There is nothing here for you</h1>
      <p className="max-w-160 text-lead text-ink-2">
        The page does not exist, what it showed has been removed, or you may not see it. Check the address, or ask the owner to
        let you in.
      </p>
      <div>
        <LinkButton href={paths.home()} kind="primary">
          Go to the start
        </LinkButton>
      </div>
    </>
  );
}
