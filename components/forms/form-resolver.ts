import { zodResolver } from '@hookform/resolvers/zod';
import type { FieldValues, Resolver } from 'react-hook-form';
import { config, type ZodType } from 'zod';

let release: () => void = () => undefined;
let pressed: Promise<void> | undefined;

if (typeof window !== 'undefined') {
  // To be faster, zod compiles schemas with `new Function`, which our content policy refuses and reports. Not so in the browser.
  config({ jitless: true });

  const begin = () => (pressed ??= new Promise((resolve) => (release = resolve)));
  const end = () => {
    pressed = undefined;
    // After the click that this release makes.
    setTimeout(release);
  };
  addEventListener('pointerdown', begin, true);
  for (const name of ['pointerup', 'pointercancel', 'dragend']) addEventListener(name, end, true);
}

const longestPressMs = 1_000;

/**
 * Checks a form's fields with a schema. Forms take it from here, not from the library: while a pointer is pressed it waits,
 * since an error that appears as a field is left would move the very button that is being pressed from under the pointer.
 */
export function formResolver<Fields extends FieldValues>(schema: ZodType<Fields, Fields>): Resolver<Fields> {
  const check = zodResolver(schema);
  return async (values, context, options) => {
    if (pressed) await Promise.race([pressed, new Promise((resolve) => setTimeout(resolve, longestPressMs))]);
    return check(values, context, options);
  };
}
