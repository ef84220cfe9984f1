/** What the load process is asked to do. A unit is what one client does as one thing: one request, or several one after another. */
export type Job = {
  clients: number;
  /** Ends after this many milliseconds, or when `units` have been begun that often. */
  milliseconds: number;
  mostUnits?: number;
} & (
  | { kind: 'http'; port: number; units: { method: string; path: string; headers?: Record<string, string>; body?: string }[][] }
  | { kind: 'agent'; socket: string; questions: { owner: string; name: string }[] }
);

export interface Outcome {
  /** Units that were answered as they should. */
  done: number;
  seconds: number;
  perSecond: number;
  /** Milliseconds of a unit. */
  p50: number;
  p99: number;
  /** How often which other answer came. */
  refused: Record<string, number>;
}
