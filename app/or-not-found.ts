import { notFound } from 'next/navigation';
import { ApiError } from '@/lib/errors';

/** What a service answers; the not-found page when the thing does not exist or may not be seen. Other faults pass. */
export async function orNotFound<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 403)) notFound();
    throw error;
  }
}
