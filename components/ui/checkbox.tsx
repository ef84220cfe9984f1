import { useId, type ComponentProps } from 'react';

type CheckboxProps = Omit<ComponentProps<'input'>, 'type'> & { label: string; help?: string };

/** Something that is so or not, with what it means under its name. */
export function Checkbox({ label, help, ...rest }: CheckboxProps) {
  const id = useId();
  return (
    // All of it can be pressed: a box alone is too small for a finger.
    <label className="flex min-h-11 items-start gap-2.5 tablet:min-h-0">
      <input {...rest} type="checkbox" aria-labelledby={`${id}-label`} aria-describedby={help ? `${id}-help` : undefined} className="mt-0.5 size-4 shrink-0 pointer-coarse:size-6" />
      <span className="flex min-w-0 flex-col">
        <span id={`${id}-label`} className="min-h-6 font-semibold">
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
