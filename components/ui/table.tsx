import type { ReactNode } from 'react';
import { cx } from './cx';

export type Column<Item> = {
  name: string;
  /** Columns of actions have a name for those who hear it only. */
  nameHidden?: boolean;
  className?: string;
  cell: (item: Item) => ReactNode;
};

type TableProps<Item> = { label: string; columns: Column<Item>[]; items: Item[]; keyOf: (item: Item) => string };

/** Three comparable columns or more. On a phone each row becomes a list of label and value. */
export function Table<Item>({ label, columns, items, keyOf }: TableProps<Item>) {
  return (
    <table aria-label={label} className="block w-full rounded-card border border-line bg-surface text-left tablet:table tablet:border-separate tablet:border-spacing-0">
      <thead className="sr-only tablet:not-sr-only tablet:table-header-group">
        <tr>
          {columns.map((column) => (
            <th
              key={column.name}
              scope="col"
              className="border-b border-line bg-sunken px-3 py-2.5 text-caption font-semibold whitespace-nowrap text-ink-2 first:rounded-tl-card first:pl-5 last:rounded-tr-card last:pr-5 wide:px-5"
            >
              {column.nameHidden ? <span className="sr-only">{column.name}</span> : column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="block divide-y divide-line tablet:table-row-group tablet:divide-y-0">
        {items.map((item) => (
          <tr key={keyOf(item)} className="group block px-4 py-3 tablet:table-row">
            {columns.map((column) => (
              <td
                key={column.name}
                className={cx(
                  'flex min-h-8 items-center gap-3 tablet:table-cell tablet:h-12 tablet:border-b tablet:border-line tablet:px-3 tablet:py-2 tablet:first:pl-5 tablet:last:pr-5 wide:px-5 tablet:group-last:border-b-0',
                  column.className,
                )}
              >
                {column.nameHidden ? null : (
                  <span aria-hidden="true" className="w-24 shrink-0 text-small text-ink-3 tablet:hidden">
                    {column.name}
                  </span>
                )}
                {column.cell(item)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
