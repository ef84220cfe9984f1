import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** A name that a client made up, as a message repeats it. */
const clipped = (name: string) => (name.length > 100 ? `${name.slice(0, 100)}…` : name);

/** One issue as the end of a sentence that begins with the field's name; never quotes what was sent. */
function faultOf(issue: Issue): string {
  if (issue.code === 'unrecognized_keys') return `has fields that are not known here: ${issue.keys.slice(0, 5).map(clipped).join(', ')}. Leave them out.`;
  if (issue.code === 'invalid_key') return `has a name that ${issue.issues[0]?.message ?? 'is not allowed.'}`;
  return issue.message.startsWith('Invalid') ? 'is missing or of a wrong type.' : issue.message;
}

/** What is wrong with each field, by its path (`configuration.vault_token`, or `body` for the whole). */
export function fieldFaults(issues: readonly Issue[]): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const issue of issues) {
    const field = issue.path.map(String).join('.') || 'body';
    faults[field] ??= faultOf(issue);
  }
  return faults;
}

/** The faults in one message: `secret_key can’t have a dash. …` */
export function faultMessage(faults: Record<string, string>): string {
  const sentences = Object.entries(faults).map(([field, fault]) => `${field === 'body' ? 'The body' : clipped(field)} ${fault}`);
  const shown = sentences.slice(0, 5).join(' ');
  return sentences.length > 5 ? `${shown} And ${sentences.length - 5} more.` : shown;
}
