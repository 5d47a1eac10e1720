import type { MagicArgument } from '../contract';

/** How TypeScript says that a value is of a wrong type; the first of a chain names the value's. */
const MISMATCH = /^(?:Argument of type|Type) '(.+?)' is (?:not assignable|missing)/;

/** What to do with values that are often given in place of others, by their type. */
const HINTS: readonly (readonly [type: RegExp, takes: RegExp, hint: string])[] = [
  [
    /^QuantizedModel$/,
    /^a model of/,
    'It is quantized already: give the float model that it was made of.',
  ],
  [/^(?:number|any)\[\]/, /^a tensor/, 'tf.tensor(array) makes a tensor of an array of numbers.'],
  [/^Promise</, /./, 'It is a promise: write await before it, in parentheses.'],
];

/**
 * TypeScript's words on an argument of a magic in those of the magic; undefined where they are about
 * something else than its type.
 */
export function argumentError(
  messages: readonly string[],
  { magic, name, takes }: MagicArgument,
): readonly string[] | undefined {
  const type = messages.flatMap((message) => MISMATCH.exec(message)?.[1] ?? [])[0];
  if (type === undefined) return undefined;
  const hint = HINTS.find(([given, wanted]) => given.test(type) && wanted.test(takes))?.[2];
  return [
    `${magic}: ${name} takes ${takes}, but this is of type '${type}'.`,
    ...(hint === undefined ? [] : [hint]),
  ];
}
