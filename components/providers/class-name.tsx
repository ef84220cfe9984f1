import { Fragment } from 'react';

/** A Java class with its package; it may break after dots and before the words of its name. */
export function ClassName({ children }: { children: string }) {
  return (
    <span className="font-mono [overflow-wrap:anywhere]">
      {children.split(/(?<=\.)|(?<=[a-z0-9])(?=[A-Z])/).map((part, index) => (
        // The parts of a name have a fixed order and no identity of their own.
        <Fragment key={index}>
          {index > 0 ? <wbr /> : null}
          {part}
        </Fragment>
      ))}
    </span>
  );
}
