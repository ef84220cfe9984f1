'use client';

import { useEffect, useRef, useState } from 'react';
import { ApiFailure } from '@/lib/client/api';
import { UploadCancelled, uploadFile, type UploadProgress } from '@/lib/client/upload';

const largestBytes = 100 * 1024 * 1024;

export type ModuleUpload<T> =
  | { phase: 'none' }
  | { phase: 'sending'; fileName: string; progress: UploadProgress }
  | { phase: 'refused'; fileName: string; reason: string }
  | { phase: 'done'; fileName: string; answer: T };

/** One module at a time on its way to the server; a new choice ends the one before. `onDone` is told of each that arrived. */
export function useModuleUpload<T>(path: string, onDone: (answer: T) => void) {
  const [upload, setUpload] = useState<ModuleUpload<T>>({ phase: 'none' });
  const running = useRef<{ controller: AbortController; ended: Promise<ModuleUpload<T>> } | null>(null);
  useEffect(() => () => running.current?.controller.abort(), []);

  const send = async (file: File, controller: AbortController): Promise<ModuleUpload<T>> => {
    const fileName = file.name;
    const told = (next: ModuleUpload<T>) => {
      if (running.current?.controller === controller) setUpload(next);
      return next;
    };
    if (file.size > largestBytes) return told({ phase: 'refused', fileName, reason: 'It is over 100 MB. Build it without what the plugin does not need.' });
    told({ phase: 'sending', fileName, progress: { sent: 0, total: file.size } });
    try {
      const answer = await uploadFile<T>(path, 'provider', file, {
        onProgress: (progress) => told({ phase: 'sending', fileName, progress }),
        signal: controller.signal,
      });
      const next = told({ phase: 'done', fileName, answer });
      if (running.current?.controller === controller) onDone(answer);
      return next;
    } catch (error) {
      if (error instanceof UploadCancelled) return told({ phase: 'none' });
      return told({ phase: 'refused', fileName, reason: error instanceof ApiFailure ? error.message : 'Something on this page went wrong. Choose the file again.' });
    }
  };

  return {
    upload,
    choose: (file: File) => {
      running.current?.controller.abort();
      const controller = new AbortController();
      const entry = { controller, ended: Promise.resolve<ModuleUpload<T>>({ phase: 'none' }) };
      running.current = entry;
      entry.ended = send(file, controller);
    },
    /** Ends what is on its way, and forgets what arrived. */
    clear: () => {
      running.current?.controller.abort();
      running.current = null;
      setUpload({ phase: 'none' });
    },
    /** What became of the file chosen last, once that is known. */
    settled: (): Promise<ModuleUpload<T>> => running.current?.ended ?? Promise.resolve({ phase: 'none' }),
  };
}
