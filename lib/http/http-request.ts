/**
 * What the API reads of a request. A web `Request` is one, and so is what the direct mount makes of node:http's: a full
 * `Request` costs more there than the rest of the work on a small answer.
 */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null; has(name: string): boolean };
  readonly body: { getReader(): BodyReader; whole?: ReadWhole } | null;
}

/** The whole body with fewer steps than a reader takes; or why it is not there. What is over `mostBytes` is not taken in. */
export type ReadWhole = (mostBytes: number, milliseconds: number) => Promise<Uint8Array | 'too large' | 'too slow' | 'broken'>;


export interface BodyReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}
