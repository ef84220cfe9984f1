import { useId, type ComponentProps } from 'react';
import { cx } from './cx';

export type ChoiceProps = Omit<ComponentProps<'input'>, 'type'> & { label: string; help?: string };

/** A box or a circle to choose by, with what it means under its name. */
export function Choice({ type, label, help, nameClass, boxClass, ...rest }: ChoiceProps & { type: 'checkbox' | 'radio'; nameClass?: string; boxClass: string }) {
  const id = useId();
  return (
    // All of it can be pressed: a box alone is too small for a finger.
    <label className="flex min-h-11 items-start gap-2.5 tablet:min-h-0">
      <input {...rest} type={type} aria-labelledby={`${id}-label`} aria-describedby={help ? `${id}-help` : undefined} className={cx('size-4 shrink-0 pointer-coarse:size-6', boxClass)} />
      <span className="flex min-w-0 flex-col">
        <span id={`${id}-label`} className={cx('min-h-6', nameClass)}>
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
