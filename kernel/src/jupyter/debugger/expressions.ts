import { HOOK } from './scripts';

const NAME = /(?<![.\p{ID_Continue}$])(?:\.\.\.)?([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu;
const WORDS = new Set(
  (
    'break case catch class const continue debugger default delete do else enum export extends false ' +
    'finally for function if import in instanceof new null return super switch this throw true try ' +
    'typeof var void while with yield let static await async of arguments undefined NaN Infinity eval'
  ).split(' '),
);

/** The names that an expression may read: some too many, as those in its texts. */
export function namesIn(expression: string): readonly string[] {
  const names = [...expression.matchAll(NAME)].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => !WORDS.has(name));
}

/**
 * JavaScript of an expression in which `names` are variables of the notebook: a frame of a cell doesn't
 * have those of earlier cells as names. What the expression assigns to them is set there.
 */
export function inNotebook(expression: string, names: readonly string[]): string {
  const isAsync = /\bawait\b/.test(expression);
  if (names.length === 0 && !isAsync) return expression;
  const assigned = names.filter((name) => assigns(expression, name));
  const values = names.map((name) => `${HOOK}.variables.${name}`).join(', ');
  const head = `${isAsync ? 'async ' : ''}(${names.join(', ')}) =>`;
  if (assigned.length === 0) return `(${head} (${expression}\n))(${values})`;
  const back = assigned.map((name) => `${HOOK}.variables.${name} = ${name};`).join(' ');
  return `(${head} { 'use strict'; const $result = (${expression}\n); ${back} return $result; })(${values})`;
}

/** JavaScript of a condition: a name that the frame lacks is one of the notebook's, if there is one. */
export function conditionIn(expression: string): string {
  const names = namesIn(expression);
  const values = names.map(
    (name) => `typeof ${name} === 'undefined' ? ${HOOK}.variables.${name} : ${name}`,
  );
  return `((${names.join(', ')}) => (${expression}\n))(${values.join(', ')})`;
}

/** JavaScript that tells which names the frame lacks, as a list of booleans. */
export function missing(names: readonly string[]): string {
  return `[${names.map((name) => `typeof ${name} === 'undefined'`).join(', ')}]`;
}

function assigns(expression: string, name: string): boolean {
  const escaped = name.replace(/\$/g, '\\$');
  const before = '(?<![.\\p{ID_Continue}$])';
  const after = '(?![\\p{ID_Continue}$])';
  const operator = '\\s*(?:=(?![=>])|(?:[-+*/%&|^]|\\*\\*|<<|>>>?|&&|\\|\\||\\?\\?)=|\\+\\+|--)';
  return new RegExp(
    `${before}${escaped}${after}${operator}|(?:\\+\\+|--)\\s*${escaped}${after}`,
    'u',
  ).test(expression);
}
