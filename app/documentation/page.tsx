import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { SimplePage } from '@/components/layout/simple-page';
import { Seal } from '@/components/ui/seal';
import { env } from '@/lib/env';
import { endpoints, type DocumentationSection } from '@/lib/paths';

export const metadata: Metadata = { title: 'Documentation' };

const contents: { id: DocumentationSection; title: string }[] = [
  { id: 'secrets', title: 'Secrets of an algorithm' },
  { id: 'secret-store', title: 'Secret providers' },
  { id: 'api', title: 'Scripts and API keys' },
  { id: 'first-admin', title: 'If the first admin’s password is gone' },
];

/** What one needs to know to use this, on the very server that one uses. */
export default function DocumentationPage() {
  const { url } = env();
  return (
    <SimplePage>
      <h1 className="text-h1-phone font-[680] tracking-tight tablet:text-h1">Documentation</h1>
      <nav aria-label="On this page">
        <ul className="flex flex-col">
          {contents.map(({ id, title }) => (
            <li key={id}>
              <a href={`#${id}`} className="inline-flex min-h-8 items-center text-accent-ink underline decoration-accent-line underline-offset-4 pointer-coarse:min-h-11">
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>

      <Section id="secrets">
        <p>
          A secret has a display name for people, an environment variable name for programs, and a value. The value is sealed for the workers
          before it is stored; afterwards it is nowhere shown again: a stored value is drawn like this <Seal className="mx-1 align-middle" />{' '}
          and nobody can read it here, admins included. To change it, write a new one.
        </p>
        <p>On a worker, start a program as the algorithm. It finds the values in its environment:</p>
        <Code>{'npx secret-store run OWNER/NAME -- python3 main.py'}</Code>
        <Code>{'import os\n\npassword = os.environ["MYSQL_PASSWORD"]'}</Code>
        <p>
          A new or changed value is there at the next start, one second later at the latest. A removed one is gone as fast. While the server
          or its database is away, programs start with the values that the worker last had.
        </p>
        <p>
          A value has 1 to 65,536 bytes of UTF-8 and is kept byte for byte, line breaks included. The variable’s name has letters, digits and
          underscores, does not begin with a digit, and stays the same for ever.
        </p>
      </Section>

      <Section id="secret-store">
        <p>
          A secret provider keeps the values of secrets. The internal one is always there: it seals each value for the workers and keeps it
          in this cluster’s database. The default provider is preselected when somebody adds a secret.
        </p>
        <p>
          Disabling a provider refuses new and changed secrets on it. What is stored on it goes on reaching the algorithms. A cluster viewer
          sees all of this and changes nothing.
        </p>
      </Section>

      <Section id="api">
        <p>
          What the pages do, scripts can do with an API key. Its description for programs is at{' '}
          <a href={endpoints.openapi()} className="text-accent-ink underline decoration-accent-line underline-offset-4">
            {endpoints.openapi()}
          </a>
          .
        </p>
        <Code>
          {`curl ${url}/v1/algorithms/OWNER/NAME \\\n  -H 'Authorization: Simple KEY'\n\ncurl ${url}/v1/algorithms/ALGORITHM_ID/secrets \\\n  -H 'Authorization: Simple KEY' \\\n  -d '{"short_name": "MySQL production",\n       "secret_key": "MYSQL_PASSWORD",\n       "secret_value": "…"}'`}
        </Code>
        <p>
          A key acts as its user: an AlgorithmKey does what that user may do, a PlatformAdminKey is for admins only. A revoked key opens nothing
          after one second.
        </p>
      </Section>

      <Section id="first-admin">
        <p>
          At the very first start the admin’s name and password are printed once, where <code>npm start</code> runs, and written nowhere.
          Whoever has access to that machine can print a link by which the admin sets a new password, once:
        </p>
        <Code>npx secret-store-admin user password-link admin</Code>
        <p>The same way an API key is made for scripts:</p>
        <Code>npx secret-store-admin api-key create --user admin --kind PlatformAdminKey</Code>
      </Section>
    </SimplePage>
  );
}

function Section({ id, children }: { id: DocumentationSection; children: ReactNode }) {
  const title = contents.find((section) => section.id === id)?.title;
  return (
    <section aria-labelledby={id} className="flex flex-col gap-3 border-t border-line pt-6 text-lead text-ink-2">
      <h2 id={id} className="text-h2 font-[650] text-ink">
        {title}
      </h2>
      {children}
    </section>
  );
}

function Code({ children }: { children: string }) {
  return (
    <pre tabIndex={0} className="rounded-card border border-line bg-sunken px-3.5 py-3 break-words whitespace-pre-wrap text-ink">
      <code>{children}</code>
    </pre>
  );
}
