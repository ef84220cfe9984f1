'use client';

import { useEffect, useRef, useState } from 'react';
import { callInLines } from '@/lib/client/lines';
import { refusalOf, type RefusalText } from '@/lib/client/refusal';
import { endpoints } from '@/lib/paths';
import type { ProviderTrial, TestLine } from '@/lib/schemas/provider';

export interface ProviderTestState {
  isRunning: boolean;
  /** The last line of each step so far, in order. */
  lines: TestLine[];
  /** When the test itself was refused, or broke off. */
  refusal: RefusalText | null;
}

/** A test of a provider, line by line; a new one ends the one before. */
export function useProviderTest() {
  const [state, setState] = useState<ProviderTestState | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const run = async (path: string, body: ProviderTrial | undefined): Promise<void> => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    let lines: TestLine[] = [];
    const tell = (isRunning: boolean, refusal: RefusalText | null = null) => {
      if (running.current === controller) setState({ isRunning, lines, refusal });
    };
    tell(true);
    try {
      for await (const line of callInLines<TestLine>(path, body, controller.signal)) {
        lines = [...lines.filter(({ step }) => step !== line.step), line];
        tell(true);
      }
      tell(false);
    } catch (error) {
      tell(false, refusalOf(error, 'The provider was not tested.'));
      throw error;
    }
  };
  const stop = () => {
    running.current?.abort();
    running.current = null;
    setState(null);
  };
  return {
    state,
    /** Tests the form as it stands. */
    start: (trial: ProviderTrial) => run(endpoints.tryProvider(), trial),
    /** Tests a provider as it is saved; the outcome is kept. */
    startSaved: (id: string) => run(endpoints.testProvider(id), undefined),
    stop,
  };
}
