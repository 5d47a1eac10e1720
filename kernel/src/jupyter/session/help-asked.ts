/** A name, or names with dots between, with the question marks of IPython on one side. */
const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$]*/u.source;
const PATH = `${NAME}(?:\\.#?${NAME})*`;
const ASKED = new RegExp(
  `^\\s*(?:(?<before>\\?{1,2})\\s*(?<first>${PATH})|(?<last>${PATH})\\s*(?<after>\\?{1,2}))\\s*;?\\s*$`,
  'u',
);

/** What a cell asks about that is nothing but `tf.layers.dense?`; more is told for `??`. */
export interface HelpAsked {
  readonly name: string;
  readonly detail: 0 | 1;
}

/** Undefined for a cell that is to run. What is asked of magics is theirs to answer. */
export function helpAsked(code: string): HelpAsked | undefined {
  const { before, first, last, after } = ASKED.exec(code)?.groups ?? {};
  const name = first ?? last;
  if (name === undefined) return undefined;
  return { name, detail: (before ?? after) === '??' ? 1 : 0 };
}
