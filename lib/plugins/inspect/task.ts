import type { Inspection } from './inspect';
import type { RefusalReason } from './refusal';

/** What a thread is asked. */
export interface InspectionTask {
  /** The file, absolute. */
  path: string;
  /** A class that the module must have as a usable factory. */
  factory?: string;
}

export type InspectionAnswer = { inspection: Inspection } | { refused: { reason: RefusalReason; message: string; entry?: string } };
