import { Fragment } from 'react';

/** A long name that may break after its dots, dashes, slashes and underscores, and else only where it must. */
export function Breakable({ children }: { children: string }) {
  return (
    <span className="[overflow-wrap:anywhere]">
      {children.split(/(?<=[._/-])/).map((part, index) => (
        // The parts of a name have a fixed order and no identity of their own.
        <Fragment key={index}>
          {index > 0 ? <wbr /> : null}
          {part}
        </Fragment>
      ))}
    </span>
  );
}
