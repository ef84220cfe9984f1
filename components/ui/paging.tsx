/** `1-4 of 4`, bottom right of a list that is shown whole. */
export function Paging({ shown, total = shown }: { shown: number; total?: number }) {
  return <p className="text-right text-small text-ink-2">{shown === 0 ? '0 of 0' : `1-${shown} of ${total}`}</p>;
}
