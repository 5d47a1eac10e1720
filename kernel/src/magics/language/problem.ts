/** What is wrong with a magic, before it is told to the user as an error of the cell. */
export class MagicProblem extends Error {
  constructor(
    message: string,
    /** What the user can do, or what is allowed. */
    readonly hint?: string,
    /** The part of the cell that is wrong; the magic's name when not given. */
    readonly at?: { readonly start: number; readonly end: number },
    /** True when more typing could mend it, such as a closing bracket. */
    readonly isIncomplete = false,
  ) {
    super(message);
    this.name = 'MagicProblem';
  }
}
