import { useMemo } from 'react';
import { CodeBlock, type CodeSample } from '@/components/ui/code-block';

/** How each language reads an environment variable, and what it needs above that. */
const languages: { language: string; head?: string; line: (name: string) => string }[] = [
  { language: 'Python', head: 'import os', line: (name) => `os.environ["${name}"]` },
  { language: 'Node', line: (name) => `process.env.${name}` },
  { language: 'Java', line: (name) => `System.getenv("${name}")` },
  { language: 'R', line: (name) => `Sys.getenv("${name}")` },
  { language: 'Go', head: 'import "os"', line: (name) => `os.Getenv("${name}")` },
  { language: 'Rust', line: (name) => `std::env::var("${name}")?` },
  { language: 'Shell', line: (name) => `"$${name}"` },
];

const enough = 3;

/** The line by which a program reads the variable. `short`: three languages, without imports. */
function samplesFor(name: string, short: boolean): CodeSample[] {
  return (short ? languages.slice(0, enough) : languages).map(({ language, head, line }) => ({
    language,
    code: head && !short ? `${head}\n\n${line(name)}` : line(name),
  }));
}

type ReadInCodeProps = { title: string; name: string; short?: boolean };

/** How a program reads this variable, in its language. */
export function ReadInCode({ title, name, short = false }: ReadInCodeProps) {
  const samples = useMemo(() => samplesFor(name, short), [name, short]);
  return (
    <section className="flex min-w-0 flex-col gap-2.5">
      <h2 className="font-semibold">{title}</h2>
      <CodeBlock label="Language" samples={samples} />
    </section>
  );
}
