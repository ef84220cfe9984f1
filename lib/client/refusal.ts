import type { FieldValues, Path, UseFormSetError } from 'react-hook-form';
import { ApiFailure } from '@/lib/client/api';

/** What the summary at the top of a form says of a failed request. */
export interface RefusalText {
  title: string;
  message: string;
  code?: number;
  requestId?: string;
}

/** Puts a failure into words: `title` says what did not happen, for example "The secret was not created." */
export function refusalOf(error: unknown, title: string): RefusalText {
  if (error instanceof ApiFailure) return { title, message: error.message, code: error.code, requestId: error.requestId };
  return { title, message: 'Something on this page went wrong. Reload it and try again.' };
}

/**
 * Shows what the server said of single fields at those fields.
 * @param names the API's field names and the form's
 */
export function showFieldErrors<T extends FieldValues>(error: unknown, setError: UseFormSetError<T>, names: Record<string, Path<T>>): void {
  if (!(error instanceof ApiFailure)) return;
  for (const [field, message] of Object.entries(error.fields)) {
    const name = names[field];
    if (name) setError(name, { type: 'server', message });
  }
}

/** Schemas say what is wrong without saying of what ("is empty. …"); at a field it becomes a sentence. */
export function sentence(subject: string, message: string | undefined): string | undefined {
  if (!message) return undefined;
  return /^[a-z]/.test(message) ? `${subject} ${message}` : message;
}
