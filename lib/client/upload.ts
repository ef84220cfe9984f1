import { ApiFailure, failureOf } from '@/lib/client/api';

/** How far an upload is, in bytes. */
export interface UploadProgress {
  sent: number;
  total: number;
}

/** Somebody ended an upload on purpose. */
export class UploadCancelled extends Error {
  override readonly name = 'UploadCancelled';
}

/**
 * Sends one file as a form to our own origin. By XMLHttpRequest: fetch does not tell how far it is.
 * @returns the answer's body
 * @throws UploadCancelled after `signal` was aborted, ApiFailure for every other outcome
 */
export function uploadFile<T>(path: string, field: string, file: File, { onProgress, signal }: { onProgress: (progress: UploadProgress) => void; signal: AbortSignal }): Promise<T> {
  const form = new FormData();
  form.append(field, file, file.name);
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest();
    const cancel = () => request.abort();
    request.open('POST', path);
    request.setRequestHeader('Accept', 'application/json');
    // Asks to be told which field a refusal is about.
    request.setRequestHeader('X-Secret-Store-Form', '1');
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress({ sent: loaded, total }));
    request.addEventListener('load', () => {
      if (request.status < 200 || request.status > 299) return reject(failureOf(request.status, request.responseText));
      try {
        resolve(JSON.parse(request.responseText) as T);
      } catch {
        reject(failureOf(request.status, ''));
      }
    });
    request.addEventListener('error', () => reject(new ApiFailure(0, 'The connection broke while the file was sent. Check it, and that the file is still there, and try again.')));
    request.addEventListener('abort', () => reject(new UploadCancelled('cancelled')));
    request.addEventListener('loadend', () => signal.removeEventListener('abort', cancel));
    if (signal.aborted) return reject(new UploadCancelled('cancelled'));
    signal.addEventListener('abort', cancel);
    request.send(form);
  });
}
