import type { ErrorBody } from '@/lib/errors';

/** A request that the server refused, or that never got an answer (`status` 0). Its message may be shown as it is. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';

  constructor(
    readonly status: number,
    message: string,
    readonly code?: number,
    readonly requestId?: string,
    /** What is wrong with which field of the body. */
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/**
 * Calls the API of our own origin with the session's cookie.
 * @returns the answer's body, undefined for an answer without one
 * @throws ApiFailure for every other outcome
 */
export async function callApi<T = undefined>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: {
        Accept: 'application/json',
        // Asks to be told which field a refusal is about.
        'X-Secret-Store-Form': '1',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiFailure(0, 'The server did not answer. Check the connection and try again.');
  }
  const text = await response.text().catch(() => '');
  if (response.ok) return (text === '' ? undefined : parse(text)) as T;
  throw failureOf(response.status, text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an answer that is no success says, whatever way it came. */
export function failureOf(status: number, text: string): ApiFailure {
  const body = text === '' ? undefined : parse(text);
  if (status === 401) {
    return new ApiFailure(status, 'You are signed out. Sign in in another tab, then try again here: your input is kept.');
  }
  if (!isErrorBody(body)) return new ApiFailure(status, `The server answered ${status} without saying why. Try again.`);
  const { code, message, id, fields } = body.error;
  return new ApiFailure(status, message, code, id, fields);
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}
