import { useId, type ComponentProps } from 'react';

type RadioProps = Omit<ComponentProps<'input'>, 'type'> & { label: string; help?: string };

/** One of several choices, with what it means under its name. */
export function Radio({ label, help, ...rest }: RadioProps) {
  const id = useId();
  return (
    // All of it can be pressed: a box alone is too small for a finger.
    <label className="flex min-h-11 items-start gap-2.5 tablet:min-h-0">
      <input {...rest} type="radio" aria-labelledby={`${id}-label`} aria-describedby={help ? `${id}-help` : undefined} className="mt-1 size-4 shrink-0 pointer-coarse:size-6" />
      <span className="flex min-w-0 flex-col">
        <span id={`${id}-label`} className="min-h-6">
          {label}
        </span>
        {help ? (
          <span id={`${id}-help`} className="text-small [overflow-wrap:anywhere] text-ink-2">
            {help}
          </span>
        ) : null}
      </span>
    </label>
  );
}
