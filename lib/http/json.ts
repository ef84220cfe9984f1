import { visit } from 'jsonc-parser';
import { ApiError } from '@/lib/errors';

const maxDepth = 64;

class Refusal extends Error {}

/**
 * JSON from bytes. Refused with MalformedJson: what is no UTF-8 or no JSON, a name twice in one object (two readers would
 * see two values), more than 64 levels.
 */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ApiError('MalformedJson', 'The body is not UTF-8. Send JSON in UTF-8.');
  }
  const names: Set<string>[] = [];
  let depth = 0;
  const enter = () => {
    if (++depth > maxDepth) throw new Refusal(`The body is nested more than ${maxDepth} levels deep. Flatten it.`);
  };
  try {
    visit(text, {
      onObjectBegin: () => { enter(); names.push(new Set()); },
      onObjectEnd: () => { depth--; names.pop(); },
      onArrayBegin: enter,
      onArrayEnd: () => { depth--; },
      onObjectProperty: (name) => {
        const seen = names.at(-1);
        if (seen?.has(name)) throw new Refusal('The body has a member twice in one object. Send each name once.');
        seen?.add(name);
      },
    }, { disallowComments: true });
  } catch (error) {
    if (error instanceof Refusal) throw new ApiError('MalformedJson', error.message);
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    // JSON.parse's own message quotes the body, which may hold a value.
    throw new ApiError('MalformedJson', 'The body is no JSON. Check its quotes, commas and braces.');
  }
}
