/** Something that the person who started the program can put right: shown as its message alone, without a stack. */
export class UserError extends Error {
  override name = 'UserError';
}
