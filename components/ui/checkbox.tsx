import { useId, type ComponentProps } from 'react';

type CheckboxProps = Omit<ComponentProps<'input'>, 'type'> & { label: string; help?: string };

/** Something that is so or not, with what it means under its name. */
export function Checkbox({ label, help, ...rest }: CheckboxProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <input {...rest} id={id} type="checkbox" aria-describedby={help ? `${id}-help` : undefined} className="mt-0.5 size-4 shrink-0 pointer-coarse:size-6" />
      <div className="flex min-w-0 flex-col">
        <label htmlFor={id} className="min-h-6 font-semibold">
          {label}
        </label>
        {help ? (
          <span id={`${id}-help`} className="text-small [overflow-wrap:anywhere] text-ink-2">
            {help}
          </span>
        ) : null}
      </div>
    </div>
  );
}
