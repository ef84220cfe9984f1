/** A moment as the API shows it: RFC 3339, UTC, no fraction (`2021-03-11T20:42:23Z`). */
export function timestamp(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`;
}
