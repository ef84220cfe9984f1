'use client';

import { CirclePlay } from 'lucide-react';
import { ErrorSummary } from '@/components/ui/error-summary';
import { RelativeTime } from '@/components/ui/relative-time';
import type { TestLine, TestResult } from '@/lib/schemas/provider';
import { useTestOfPage } from './provider-test-scope';
import { TestCard } from './test-result';

type LastTestProps = { lastTest: TestResult | undefined; /** Whether there is something to test. */ testable: boolean; editable: boolean; now: number };

/** The test that runs, else the last one. */
export function LastTest({ lastTest, testable, editable, now }: LastTestProps) {
  const { state, stop } = useTestOfPage();
  if (state && !isKept(state.lines, lastTest)) {
    return (
      <div className="flex flex-col gap-3">
        <ErrorSummary refusal={state.refusal} />
        {state.lines.length > 0 || state.isRunning ? (
          <TestCard lines={state.lines} isRunning={state.isRunning} onStop={stop} isHeading about={`Tested just now. ${whatIsLeft(state.lines)}`} />
        ) : null}
      </div>
    );
  }
  if (lastTest) {
    return (
      <TestCard
        lines={lastTest.lines}
        isRunning={false}
        isHeading
        about={
          <>
            Tested <RelativeTime at={lastTest.at} now={now} /> by {lastTest.by}. {whatIsLeft(lastTest.lines)}
          </>
        }
      />
    );
  }
  if (!testable) return null;
  return (
    <div className="flex items-center gap-3.5 rounded-card border border-line bg-surface px-4 py-4 tablet:px-5">
      <CirclePlay aria-hidden="true" className="shrink-0 text-ink-3" size={20} strokeWidth={1.75} />
      <div className="flex min-w-0 flex-col">
        <h2 className="text-lead font-[650]">Not tested since it was changed last</h2>
        <p className="text-small text-ink-2">
          {editable ? 'Test provider starts its plugin, then stores, changes and deletes a throwaway entry.' : 'An admin can test whether its plugin starts, stores, changes and deletes.'}
        </p>
      </div>
    </div>
  );
}

/** Whether the test that ran here is the one that was written down, with when and by whom. */
function isKept(lines: readonly TestLine[], lastTest: TestResult | undefined): boolean {
  const [end, kept] = [lines.find(({ step }) => step === 'end'), lastTest?.lines.find(({ step }) => step === 'end')];
  return end !== undefined && end.state === kept?.state && end.milliseconds === kept.milliseconds;
}

/** What became of the entry that a test makes. */
function whatIsLeft(lines: readonly TestLine[]): string {
  const stateOf = (step: TestLine['step']) => lines.find((line) => line.step === step)?.state;
  if (stateOf('delete') === 'ok') return 'The throwaway entry is gone.';
  if (stateOf('create') === 'ok' || stateOf('delete') === 'failed') return 'The throwaway entry may still be there; deleting it is tried again.';
  if (stateOf('create') === 'failed') return 'Nothing that it knows of was left behind.';
  return 'Nothing was stored.';
}
