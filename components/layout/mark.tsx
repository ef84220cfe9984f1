/** Three leaning bars, the seal's hatch, in a rounded square. */
export function Mark({ size = 26, onRail = false }: { size?: number; onRail?: boolean }) {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 28 28" className="shrink-0">
      <rect width="28" height="28" rx="7" className={onRail ? 'fill-rail-mark' : 'fill-accent'} />
      <g className={onRail ? 'stroke-on-rail-mark' : 'stroke-on-accent'} fill="none" strokeLinecap="round">
        <path d="M10.5 7.5 7 20.5" strokeWidth="3.4" />
        <path d="M16 7.5l-3.5 13" strokeWidth="3" />
        <path d="M21 7.5l-3.5 13" strokeWidth="1.8" />
      </g>
    </svg>
  );
}
