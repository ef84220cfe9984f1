'use client';

import { Check, CircleCheck, CircleX, LoaderCircle, Minus, X } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { cx } from '@/components/ui/cx';
import { ErrorSummary } from '@/components/ui/error-summary';
import type { TestLine, TestStepName } from '@/lib/schemas/provider';
import type { ProviderTestState } from './use-provider-test';

const stepNames: Record<TestStepName, string> = {
  start: 'Start the plugin in its own process',
  create: 'Create an entry',
  version: 'Get its version',
  update: 'Update it',
  versionChanged: 'The version has changed',
  delete: 'Delete it',
  deleteAgain: 'Deleting it again answers false',
};

const duration = (milliseconds: number) => (milliseconds < 1_000 ? `${milliseconds} ms` : `${(milliseconds / 1_000).toFixed(2)} s`);

const sumOf = (lines: TestLine[]) => lines.reduce((sum, { milliseconds }) => sum + milliseconds, 0);

/** How a test of a form goes, where the form ends. */
export function TestResult({ state, onStop }: { state: ProviderTestState; onStop: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  // It opens below what one was looking at, and partly behind the form's end.
  useEffect(() => {
    // Browsers have begun to answer with a promise, which is no clean-up.
    box.current?.scrollIntoView({ block: 'start' });
  }, []);
  if (state.refusal && state.lines.length === 0) return <ErrorSummary refusal={state.refusal} />;
  return (
    <div ref={box} className="flex scroll-mt-20 flex-col gap-3">
      <ErrorSummary refusal={state.refusal} />
      <TestCard lines={state.lines} isRunning={state.isRunning} onStop={onStop} />
    </div>
  );
}

type TestCardProps = {
  /** The last line of each step so far, in order. */
  lines: TestLine[];
  isRunning: boolean;
  onStop?: () => void;
  /** Under the verdict, in place of the test's own words. */
  about?: ReactNode;
  /** Whether the verdict is a heading of its page. */
  isHeading?: boolean;
};

/** The steps of a test with their times on a common axis, the failed one opened with the reason and the cure. */
export function TestCard({ lines, isRunning, onStop, about, isHeading = false }: TestCardProps) {
  const end = lines.find(({ step }) => step === 'end');
  const steps = lines.filter((line): line is TestLine & { step: TestStepName } => line.step !== 'end');
  const slowest = Math.max(...steps.map(({ milliseconds }) => milliseconds));
  return (
    <div className="overflow-hidden rounded-card border border-line bg-surface">
      <div role="status" className="flex items-center gap-3.5 px-4 py-3.5 tablet:px-5">
        <Verdict end={end} steps={steps} isRunning={isRunning} about={about} isHeading={isHeading} />
        {isRunning && onStop ? (
          <Button size="small" className="ml-auto" onClick={onStop}>
            Stop
          </Button>
        ) : null}
      </div>
      <ol aria-label="Steps of the test" className="divide-y divide-line border-t border-line">
        {steps.map((line, at) => (
          <Step key={line.step} line={line} left={sumOf(steps.slice(0, at))} total={sumOf(steps)} isSlowest={line.milliseconds === slowest} />
        ))}
      </ol>
    </div>
  );
}

type VerdictProps = Pick<TestCardProps, 'isRunning' | 'about' | 'isHeading'> & { end: TestLine | undefined; steps: TestLine[] };

function Verdict({ end, steps, isRunning, about, isHeading }: VerdictProps) {
  const Title = isHeading ? 'h2' : 'strong';
  if (!end) {
    return (
      <>
        {isRunning ? <LoaderCircle aria-hidden="true" className="spin shrink-0 text-ink-2 motion-reduce:hidden" size={20} strokeWidth={1.75} /> : null}
        <Title className="text-lead font-[650]">{isRunning ? 'Testing…' : 'The test broke off'}</Title>
      </>
    );
  }
  const failedAt = steps.findIndex(({ state }) => state === 'failed') + 1;
  const passed = steps.filter(({ state }) => state === 'ok').length;
  const Icon = end.state === 'ok' ? CircleCheck : CircleX;
  return (
    <>
      <Icon aria-hidden="true" className={cx('shrink-0', end.state === 'ok' ? 'text-ok' : 'text-danger')} size={20} strokeWidth={1.75} />
      <span className="flex min-w-0 flex-col">
        <Title className="text-lead font-[650]">
          {end.state === 'ok' ? `${passed === steps.length ? `All ${passed}` : passed} steps passed in ${duration(end.milliseconds)}` : `Failed at step ${failedAt} of ${steps.length}`}
        </Title>
        <span className="text-small text-ink-2">{about ?? end.message}</span>
      </span>
    </>
  );
}

type StepProps = { line: TestLine & { step: TestStepName }; left: number; total: number; isSlowest: boolean };

function Step({ line, left, total, isSlowest }: StepProps) {
  const { state, milliseconds, message, cure } = line;
  const isFailed = state === 'failed';
  const percent = (part: number) => `${total === 0 ? 0 : (100 * part) / total}%`;
  return (
    <li className={cx('flex flex-wrap items-start gap-x-3 gap-y-1 px-4 py-2.5 tablet:px-5', isFailed && 'bg-danger-tint')}>
      <Mark state={state} />
      <div className="flex min-w-32 flex-1 flex-col gap-1">
        <span className={cx(isFailed && 'font-semibold', state === 'skipped' && 'text-ink-3')}>{stepNames[line.step]}</span>
        {message === '' ? null : <span className="text-small [overflow-wrap:anywhere] whitespace-pre-line text-ink-2">{message}</span>}
        {cure === '' ? null : <span className="text-small [overflow-wrap:anywhere] text-ink">{cure}</span>}
      </div>
      {state === 'ok' || isFailed ? (
        <>
          <span aria-hidden="true" className="mt-1.5 hidden h-2 w-36 rounded-badge bg-hover tablet:block wide:w-54">
            <svg width="100%" height="100%">
              <rect x={percent(left)} width={percent(milliseconds)} height="100%" rx="2" className={isSlowest ? 'fill-accent' : 'fill-bar'} />
            </svg>
          </span>
          <span className="w-16 shrink-0 text-right text-small text-ink-2">{duration(milliseconds)}</span>
        </>
      ) : null}
    </li>
  );
}

function Mark({ state }: { state: TestLine['state'] }) {
  const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true, className: 'mt-0.5 shrink-0' } as const;
  const marks: Record<TestLine['state'], [ReactNode, string]> = {
    running: [<LoaderCircle key="running" {...icon} className="spin mt-0.5 shrink-0 motion-reduce:hidden" />, 'Running:'],
    ok: [<Check key="ok" {...icon} className="mt-0.5 shrink-0 text-ok" />, 'Passed:'],
    failed: [<X key="failed" {...icon} className="mt-0.5 shrink-0 text-danger" />, 'Failed:'],
    skipped: [<Minus key="skipped" {...icon} className="mt-0.5 shrink-0 text-ink-3" />, 'Not run:'],
  };
  const [mark, word] = marks[state];
  return (
    <>
      {mark}
      <span className="sr-only">{word}</span>
    </>
  );
}
