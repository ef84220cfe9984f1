'use client';

import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { CopyButton } from './copy-button';
import { cx } from './cx';

/** One language's way to say it. */
export type CodeSample = { language: string; code: string };

// What stands out in a sample: text in quotes, a variable's name, the word import.
const marked = /("[^"]*"|(?<=process\.env\.)\w+|\bimport\b)/;

const remembered = 'secret-store.language';

/** The same code in several languages; the chosen one is remembered, copy answers in place. */
export function CodeBlock({ label, samples }: { label: string; samples: CodeSample[] }) {
  const [chosen, setChosen] = useState(0);
  const tabs = useRef<HTMLDivElement>(null);
  const id = useId();

  // After hydration, so that the server's first render and the browser's agree.
  useEffect(() => {
    const at = samples.findIndex((sample) => sample.language === localStorage.getItem(remembered));
    if (at > 0) setChosen(at);
  }, [samples]);

  const choose = (index: number) => {
    setChosen(index);
    localStorage.setItem(remembered, samples[index]?.language ?? '');
  };
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (chosen + step + samples.length) % samples.length;
    choose(next);
    tabs.current?.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus();
  };

  const sample = samples[chosen];
  if (!sample) return null;
  return (
    <div className="min-w-0 rounded-card border border-line bg-sunken">
      <div className="flex items-start justify-between border-b border-line px-1">
        <div ref={tabs} role="tablist" tabIndex={-1} aria-label={label} onKeyDown={move} className="flex min-w-0 flex-wrap">
          {samples.map(({ language }, index) => (
            <button
              key={language}
              type="button"
              role="tab"
              id={`${id}-${index}`}
              aria-selected={index === chosen}
              aria-controls={`${id}-code`}
              tabIndex={index === chosen ? 0 : -1}
              onClick={() => choose(index)}
              className={cx(
                '-mb-px min-h-11 min-w-11 border-b-2 px-2 text-small tablet:min-h-9.5 tablet:min-w-0 tablet:px-2.5',
                index === chosen ? 'border-accent font-semibold text-ink' : 'border-transparent text-ink-2 hover:text-ink',
              )}
            >
              {language}
            </button>
          ))}
        </div>
        <CopyButton text={sample.code} what={`the ${sample.language} code`} size={17} className="mt-1.5 mr-1.5 pointer-coarse:mt-0 pointer-coarse:mr-0" />
      </div>
      <pre
        id={`${id}-code`}
        role="tabpanel"
        aria-labelledby={`${id}-${chosen}`}
        tabIndex={0}
        className="px-3.5 py-3 break-words whitespace-pre-wrap"
      >
        <code>
          {sample.code.split(marked).map((part, index) =>
            index % 2 === 1 ? (
              // Parts have a fixed order and no identity of their own.
              <span key={index} className="font-medium text-accent-ink">
                {part}
              </span>
            ) : (
              part
            ),
          )}
        </code>
      </pre>
    </div>
  );
}
