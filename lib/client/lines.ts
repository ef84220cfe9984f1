import { ApiFailure, failureOf } from '@/lib/client/api';

/**
 * Calls an operation that answers line by line, and yields each line's object as it arrives.
 * @throws ApiFailure when it is refused, or when the connection breaks before the end
 */
export async function* callInLines<T>(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<T> {
  const broken = () => new ApiFailure(0, 'The server did not answer to the end. Check the connection and try again.');
  const response = await fetch(path, {
    method: 'POST',
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { 'Content-Type': 'application/json', 'X-Secret-Store-Form': '1' },
    body: JSON.stringify(body),
    signal,
  }).catch(() => {
    throw broken();
  });
  if (!response.ok || !response.body) throw failureOf(response.status, await response.text().catch(() => ''));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw broken();
    });
    const lines = (rest + (value ?? '')).split('\n');
    rest = done ? '' : (lines.pop() ?? '');
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as T;
    if (done) return;
  }
}
