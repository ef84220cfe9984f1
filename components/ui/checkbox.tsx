import { Choice, type ChoiceProps } from './choice';

/** Something that is so or not. */
export function Checkbox(props: ChoiceProps) {
  return <Choice {...props} type="checkbox" nameClass="font-semibold" boxClass="mt-0.5" />;
}
