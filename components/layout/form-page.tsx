import type { ReactNode } from 'react';

type FormColumnsProps = { aside?: ReactNode; children: ReactNode };

/** A form at the left, what one should know beside it; on narrow windows the form comes first. */
export function FormColumns({ aside, children }: FormColumnsProps) {
  return (
    <div className="mt-2 flex flex-col gap-10 wide:flex-row wide:justify-between wide:gap-16">
      <div className="w-full max-w-160 min-w-0">{children}</div>
      {aside ? <aside className="flex w-full max-w-160 min-w-0 flex-col gap-6 wide:w-80 wide:shrink-0">{aside}</aside> : null}
    </div>
  );
}

/**
 * The end of a form: its one primary button, at the window's lower edge while the form is longer than the window; not in a
 * very low window, such as one zoomed to 400 %, where it would cover what is filled in.
 */
export function FormEnd({ children }: { children: ReactNode }) {
  return (
    <div className="bottom-0 z-10 -mx-4 mt-1 flex items-center gap-3 border-t border-line bg-ground px-4 py-3 tablet:mx-0 tablet:px-0 tablet:py-4 [@media(min-height:30rem)]:sticky">
      {children}
    </div>
  );
}
