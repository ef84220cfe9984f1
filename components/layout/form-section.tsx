import { useId, type ReactNode } from 'react';

type FormSectionProps = { title: string; help: ReactNode; children: ReactNode };

/** A part of a long form: what it is about at the left, its fields at the right; on narrow windows one above the other. */
export function FormSection({ title, help, children }: FormSectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-5 border-b border-line py-8 first-of-type:pt-2 last-of-type:border-b-0 wide:flex-row wide:gap-12">
      <div className="flex max-w-160 flex-col gap-1.5 text-small text-ink-2 wide:w-68 wide:shrink-0">
        <h2 id={id} className="text-h2 font-[650] text-ink">
          {title}
        </h2>
        {help}
      </div>
      <div className="flex w-full max-w-160 min-w-0 flex-col gap-5.5">{children}</div>
    </section>
  );
}
