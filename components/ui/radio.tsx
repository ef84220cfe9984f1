import { useId, type ComponentProps } from 'react';

type RadioProps = Omit<ComponentProps<'input'>, 'type'> & { label: string; help?: string };

/** One of several choices, with what it means under its name. */
export function Radio({ label, help, ...rest }: RadioProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <input {...rest} id={id} type="radio" aria-describedby={help ? `${id}-help` : undefined} className="mt-1 size-4 shrink-0 pointer-coarse:size-6" />
      <div className="flex min-w-0 flex-col">
        <label htmlFor={id} className="min-h-6">
          {label}
        </label>
        {help ? (
          <span id={`${id}-help`} className="text-small text-ink-2">
            {help}
          </span>
        ) : null}
      </div>
    </div>
  );
}
