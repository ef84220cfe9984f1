import { cx } from './cx';

export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'danger' | 'danger-outline' | 'danger-fill';
export type ButtonSize = 'normal' | 'small' | 'large';

const base =
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-control border text-center font-semibold ' +
  'transition-colors select-none aria-disabled:cursor-not-allowed';

const off = 'aria-disabled:border-line aria-disabled:bg-sunken aria-disabled:text-ink-3';

const kinds = {
  primary: `border-transparent bg-accent text-on-accent hover:bg-accent-hover ${off}`,
  secondary: `border-line-mid bg-surface text-ink hover:bg-hover ${off}`,
  quiet: 'border-transparent text-ink-2 hover:bg-hover hover:text-ink aria-disabled:text-ink-3',
  danger: 'border-transparent text-danger hover:bg-danger-tint aria-disabled:text-ink-3',
  'danger-outline': `border-danger-line bg-surface text-danger hover:bg-danger-tint ${off}`,
  'danger-fill': `border-transparent bg-danger-fill text-on-danger ${off}`,
} satisfies Record<ButtonKind, string>;

// A finger needs 44 px; a pointer gets the tighter heights.
const sizes = {
  small: 'min-h-11 px-3 text-small tablet:min-h-8',
  normal: 'min-h-11 px-3.5 text-body tablet:min-h-9',
  large: 'min-h-11 px-4 text-body tablet:min-h-10.5',
} satisfies Record<ButtonSize, string>;

/** The look of a button, for a `<button>` and for a link that stands as one. */
export function buttonClass(kind: ButtonKind = 'secondary', size: ButtonSize = 'normal', more?: string): string {
  return cx(base, kinds[kind], sizes[size], more);
}
