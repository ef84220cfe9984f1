import { cx } from '@/components/ui/cx';

/** The look of whatever stands in the rail. */
export function railItemClass(current: boolean, drawer: boolean): string {
  return cx(
    'group relative flex min-h-10 w-full items-center gap-3 rounded-control font-semibold transition-colors hover:bg-rail-2 hover:text-rail-ink focus-visible:outline-rail-ink',
    drawer ? 'min-h-11 px-2.5' : 'justify-center wide:min-h-9 wide:justify-start wide:px-2.5',
    current ? 'bg-rail-2 text-rail-ink forced-colors:underline' : 'text-rail-ink-2',
  );
}

/** A rail item's name; where there is room for the icon only, a tooltip beside it. */
export function RailText({ drawer, children }: { drawer: boolean; children: string }) {
  if (drawer) return <span>{children}</span>;
  return (
    <span className="pointer-events-none fixed left-17 z-30 rounded-badge bg-toast px-2 py-1 text-caption whitespace-nowrap text-toast-ink opacity-0 transition-opacity group-hover:opacity-100 group-focus-visible:opacity-100 wide:static wide:z-auto wide:bg-transparent wide:p-0 wide:text-body wide:text-current wide:opacity-100">
      {children}
    </span>
  );
}
