import { Code } from './code';
import { TYPESCRIPT, type Form, type Syntax } from '../../magic-lines/locate';
import type { Parameter } from './parameters';
import type { Word } from '../../magic-lines/words';

/** What a magic becomes. */
export type Expanded =
  /** An expression. If it `shows`, its value is displayed also when the magic is not the cell's last line. */
  | { readonly kind: 'expression'; readonly code: Code; readonly shows: boolean }
  /** `const name = value`, which is then shown. */
  | { readonly kind: 'declaration'; readonly name: string; readonly value: Code }
  | { readonly kind: 'statement'; readonly code: Code }
  /** An expression made of the rest of the cell, which is expanded first; may throw `MagicProblem`. */
  | { readonly kind: 'around'; around(rest: Code): Code };

type Parameters = Readonly<Record<string, Parameter<unknown>>>;
type Arguments<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

/** What a magic is about; lists and docs are grouped by it, in this order. */
export const TOPICS = ['precision', 'energy', 'timing', 'notebook', 'system'] as const;
export type Topic = (typeof TOPICS)[number];

/** A topic as a heading. */
export function titleOf(topic: Topic): string {
  return topic.charAt(0).toUpperCase() + topic.slice(1);
}

export interface Example {
  readonly code: string;
  readonly does: string;
}

interface Definition<P extends Parameters, O extends Parameters> {
  readonly name: string;
  readonly topic: Topic;
  readonly forms: readonly Form[];
  /** How its text is read; as TypeScript when not given. */
  readonly syntax?: Syntax;
  /** One sentence, without the name. */
  readonly summary: string;
  /** Paragraphs for the help, in Markdown. */
  readonly details?: readonly string[];
  /** In their order; optional ones last. */
  readonly positionals: P;
  /** `batchSize` is written `--batch-size`. */
  readonly options: O;
  /** Options of which only one may be given, by their written names. */
  readonly exclusive?: readonly (readonly string[])[];
  readonly examples: readonly Example[];
  /** `body` is the rest of the cell, for magics that take it as text. */
  expand(args: Arguments<P & O>, form: Form, body: string | undefined): Expanded;
}

export interface NamedParameter extends Parameter<unknown> {
  /** As written: `spec`, `--batch-size`. */
  readonly name: string;
}

/** A magic of the table: everything that parser, completion, help and docs are derived from. */
export interface Magic {
  readonly name: string;
  readonly topic: Topic;
  readonly forms: readonly Form[];
  readonly syntax: Syntax;
  readonly summary: string;
  readonly details: readonly string[];
  readonly positionals: readonly NamedParameter[];
  readonly options: readonly NamedParameter[];
  readonly exclusive: readonly (readonly string[])[];
  readonly examples: readonly Example[];
  /** Expands with the given words by parameter name; throws `MagicProblem`. */
  expand(words: ReadonlyMap<string, Word>, form: Form, body: string | undefined): Expanded;
}

/** Declares a magic. Its arguments are typed after its parameters. */
export function defineMagic<const P extends Parameters, const O extends Parameters>(
  definition: Definition<P, O>,
): Magic {
  const { positionals, options } = definition;
  const byKey = new Map<string, NamedParameter>();
  for (const [key, parameter] of Object.entries<Parameter<unknown>>(positionals)) {
    byKey.set(key, { ...parameter, name: key });
  }
  for (const [key, parameter] of Object.entries<Parameter<unknown>>(options)) {
    byKey.set(key, { ...parameter, name: optionName(key) });
  }
  const named = [...byKey.values()];
  return {
    name: definition.name,
    topic: definition.topic,
    forms: definition.forms,
    syntax: definition.syntax ?? TYPESCRIPT,
    summary: definition.summary,
    details: definition.details ?? [],
    positionals: named.filter(({ name }) => !name.startsWith('--')),
    options: named.filter(({ name }) => name.startsWith('--')),
    exclusive: definition.exclusive ?? [],
    examples: definition.examples,
    expand: (words, form, body) => {
      const args = [...byKey].map(([key, p]) => [
        key,
        asArgument(p.read(words.get(p.name)), p, `%${definition.name}`),
      ]);
      return definition.expand(Object.fromEntries(args) as Arguments<P & O>, form, body);
    },
  };
}

/** What was read, with its expressions marked as arguments of the magic. */
function asArgument(
  value: unknown,
  { name, takes }: Pick<NamedParameter, 'name' | 'takes'>,
  magic: string,
): unknown {
  if (takes === undefined) return value;
  if (value instanceof Code) return value.asArgument({ magic, name, takes });
  return Array.isArray(value)
    ? value.map((item: unknown) => asArgument(item, { name, takes }, magic))
    : value;
}

function optionName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
