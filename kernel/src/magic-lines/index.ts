/** What an editor needs to show magics as what they are, without what they do. */
export { locateMagics, TYPESCRIPT } from './locate';
export type { Form, MagicLine, Syntax } from './locate';
export type { MagicWords, ParameterWords, Vocabulary } from './magic-words';
export type { Token } from './tokens';
export { splitList, wordFrom, wordOf } from './words';
export type { Word } from './words';
