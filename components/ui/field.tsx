import { CircleAlert } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { cx } from './cx';

/** What a control inside a field needs to be tied to its label, error and help. */
export type FieldControl = {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
};

type FieldProps = {
  label: string;
  help?: ReactNode;
  /** Shown above the help, in red; a fix that the person can take at once may be part of it. */
  error?: ReactNode;
  optional?: boolean;
  /** Stands at the right end of the label's line. */
  tools?: ReactNode;
  className?: string;
  children: (control: FieldControl) => ReactNode;
};

/** Label, control, error, help: in this order, and tied together for those who do not see them. */
export function Field({ label, help, error, optional, tools, className, children }: FieldProps) {
  const id = useId();
  const errorId = `${id}-error`;
  const helpId = `${id}-help`;
  const describedBy = cx(error ? errorId : null, help ? helpId : null) || undefined;
  return (
    <div className={cx('flex flex-col gap-1.5', className)}>
      <div className="flex min-h-5 items-center justify-between gap-3">
        <span className="flex items-baseline gap-1.5">
          <label htmlFor={id} className="font-semibold">
            {label}
          </label>
          {optional ? <span className="text-small text-ink-3">optional</span> : null}
        </span>
        {tools}
      </div>
      {children({ id, 'aria-describedby': describedBy, 'aria-invalid': error ? true : undefined })}
      {error ? <FieldError id={errorId}>{error}</FieldError> : null}
      {help ? (
        <p id={helpId} className="text-small text-ink-2">
          {help}
        </p>
      ) : null}
    </div>
  );
}

function FieldError({ id, children }: { id: string; children: ReactNode }) {
  return (
    <p id={id} className="flex items-start gap-1.5 text-small font-semibold text-danger">
      <CircleAlert aria-hidden="true" className="mt-px shrink-0" size={15} strokeWidth={1.75} />
      <span className="min-w-0">{children}</span>
    </p>
  );
}
