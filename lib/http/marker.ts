import { ApiError } from '@/lib/errors';

export const defaultPageSize = 100;

/** An opaque marker for "after this name". */
export function markerAfter(name: string): string {
  return Buffer.from(name, 'utf8').toString('base64url');
}

/** The name a marker stands for; undefined without a marker. Throws InputValidationError for what is none of ours. */
export function nameOfMarker(marker: string | undefined): string | undefined {
  if (marker === undefined || marker === '') return undefined;
  const name = Buffer.from(marker, 'base64url').toString('utf8');
  if (markerAfter(name) !== marker || name.includes('\u0000') || name.includes('\ufffd')) {
    throw new ApiError('InputValidationError', 'marker is no marker of ours. Take it from the answer before, or leave it out.');
  }
  return name;
}

export interface Page<T> {
  marker: string | null;
  next_link: string | null;
  results: T[];
}

/** A page from up to `size + 1` rows, of which one too many says that there is a next page. */
export function pageFrom<Row, T>(rows: Row[], size: number, path: string, nameOf: (row: Row) => string, view: (row: Row) => T): Page<T> {
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  const marker = rows.length > size && last !== undefined ? markerAfter(nameOf(last)) : null;
  return { marker, next_link: marker ? `${path}?marker=${marker}${size === defaultPageSize ? '' : `&limit=${size}`}` : null, results: shown.map(view) };
}
