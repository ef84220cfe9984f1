import { Choice, type ChoiceProps } from './choice';

/** One of several choices. */
export function Radio(props: ChoiceProps) {
  return <Choice {...props} type="radio" boxClass="mt-1" />;
}
