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
 * The end of a form: its one primary button, at the window's lower edge while the form is longer than the window. Not so on
 * a phone, where the keyboard leaves too little room for it.
 */
export function FormEnd({ children }: { children: ReactNode }) {
  return (
    <div className="z-10 mt-1 flex flex-col gap-3 border-t border-line bg-ground py-5 tablet:sticky tablet:bottom-0 tablet:flex-row tablet:items-center tablet:py-4">
      {children}
    </div>
  );
}
