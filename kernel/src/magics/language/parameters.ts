import { nearest } from '../../errors';
import { Code, userCode } from './code';
import { MagicProblem } from './problem';
import { splitList, unquote, type Word } from '../../magic-lines/words';

/** One parameter of a magic: what help, completion and the parser need to know of it. */
export interface Parameter<T> {
  readonly doc: string;
  /** The type as help shows it: `on|off`, `integer >= 1`, `expression`. */
  readonly type: string;
  readonly required: boolean;
  /** The default as help shows it. */
  readonly default: string | undefined;
  /** A flag takes no value. */
  readonly isFlag: boolean;
  /** TypeScript of the user's: completed and checked as such. */
  readonly isExpression: boolean;
  /** Of expressions: what they have to be, in words, where the types alone would not say it well. */
  readonly takes: string | undefined;
  /** Several values with commas between. */
  readonly isList: boolean;
  /** Takes as many words as are given. */
  readonly isMany: boolean;
  /** A short form of an option, as `-a`. */
  readonly short: string | undefined;
  /** Takes all the rest of the line, as it is. */
  readonly isRest: boolean;
  /** Values to complete; for choices, the only ones allowed. */
  readonly values: readonly string[];
  /** The value; throws {@link MagicProblem}. `word` is undefined when it wasn't given. */
  read(word: Word | undefined): T;
}

type Facts<T> = Pick<Parameter<T>, 'type' | 'read'> & Partial<Parameter<T>>;

function parameter<T>(doc: string, facts: Facts<T>): Parameter<T> {
  return {
    doc,
    required: false,
    default: undefined,
    isFlag: false,
    isExpression: false,
    takes: undefined,
    isList: false,
    isRest: false,
    isMany: false,
    short: undefined,
    values: [],
    ...facts,
  };
}

/** The same parameter, but it must be given. */
export function required<T>(base: Parameter<T | undefined>): Parameter<T> {
  return {
    ...base,
    required: true,
    read: (word) => {
      const value = base.read(word);
      if (value === undefined) throw new MagicProblem('a required parameter is missing');
      return value;
    },
  };
}

/** The same parameter with a value for when it is not given. */
export function withDefault<T extends string | number>(
  base: Parameter<T | undefined>,
  value: T,
): Parameter<T> {
  return { ...base, default: String(value), read: (word) => base.read(word) ?? value };
}

/** Present or not: `--native`. */
export function flag(doc: string): Parameter<boolean> {
  return parameter(doc, { type: 'flag', isFlag: true, read: (word) => word !== undefined });
}

/** One of a few words. */
export function choice<const C extends string>(
  doc: string,
  choices: readonly C[],
  spelling?: Spelling,
): Parameter<C | undefined> {
  return parameter(doc, {
    type: choices.join('|'),
    values: choices,
    read: (word) => word && pick(word, choices, spelling),
  });
}

/** How words are read that are not spelled as a choice is. */
interface Spelling {
  /** The choice that goes by this name too; another word stays as it is. */
  readonly nameOf: (word: string) => string;
  /** What may be meant by a word that is no choice; else the choices that are spelled nearly so. */
  readonly near?: (word: string) => readonly string[];
  /** Why a word that names something is no choice here. */
  readonly why?: (word: string) => string | undefined;
}

/** Some of a few words, with commas between. */
export function choices<const C extends string>(
  doc: string,
  allowed: readonly C[],
  spelling?: Spelling,
): Parameter<readonly C[] | undefined> {
  return parameter(doc, {
    type: `list of ${allowed.join('|')}`,
    values: allowed,
    isList: true,
    read: (word) => word && splitList(word).map((item) => pick(item, allowed, spelling)),
  });
}

function pick<C extends string>(word: Word, allowed: readonly C[], spelling?: Spelling): C {
  const value = unquote(word.text);
  const named = spelling?.nameOf(value) ?? value;
  const found =
    allowed.find((candidate) => candidate === value) ??
    allowed.find((candidate) => candidate === named);
  if (found !== undefined) return found;
  const reason = spelling?.why?.(value);
  const near = spelling?.near?.(value) ?? nearest(value, allowed, 1);
  const meant =
    reason !== undefined
      ? `${reason}. `
      : near.length === 0
        ? ''
        : `did you mean ${near.join(' or ')}? `;
  throw new MagicProblem(
    value === '' ? 'an empty value' : `"${value}" is not allowed`,
    `${meant}Allowed: ${allowed.join(', ')}`,
    word,
  );
}

/** Free text of one word; `complain` says what is wrong with it, `values` are suggestions. */
export function text(
  doc: string,
  type: string,
  complain: (value: string) => string | undefined,
  values: readonly string[] = [],
): Parameter<string | undefined> {
  return parameter(doc, {
    type,
    values,
    read: (word) => {
      const value = word && unquote(word.text);
      const complaint = value === undefined ? undefined : complain(value);
      if (complaint === undefined) return value;
      throw new MagicProblem(`"${value ?? ''}" is not allowed`, complaint, word);
    },
  });
}

export interface NumberRange {
  readonly min?: number;
  readonly integer?: boolean;
  readonly unit?: string;
}

export function number(doc: string, range: NumberRange = {}): Parameter<number | undefined> {
  const { min = -Infinity, integer = false, unit } = range;
  const bound = min === -Infinity ? '' : ` >= ${min}`;
  const type = `${integer ? 'integer' : 'number'}${bound}${unit === undefined ? '' : ` (${unit})`}`;
  return parameter(doc, {
    type,
    read: (word) => {
      if (!word) return undefined;
      const value = /^[-+]?(\d[\d_]*)?\.?\d*(e[-+]?\d+)?$/i.test(word.text)
        ? Number(word.text.replaceAll('_', ''))
        : NaN;
      if (value >= min && Number.isFinite(value) && (!integer || Number.isInteger(value))) {
        return value;
      }
      throw new MagicProblem(`"${unquote(word.text)}" is not allowed`, `Allowed: ${type}`, word);
    },
  });
}

/** The name of a variable that the magic makes. */
export function variable(doc: string): Parameter<string | undefined> {
  return parameter(doc, {
    type: 'variable name',
    read: (word) => {
      if (!word) return undefined;
      const [token, ...rest] = word.tokens;
      if (token?.kind === 'name' && rest.length === 0 && !/^[#@]/.test(token.text)) {
        return token.text;
      }
      throw new MagicProblem(`"${unquote(word.text)}" cannot name a variable`, undefined, word);
    },
  });
}

/**
 * A TypeScript expression, without blanks outside of brackets and strings.
 * @param takes What it has to be: `a tensor`. A value of another type is told so in these words.
 */
export function expression(doc: string, takes: string): Parameter<Code | undefined> {
  return parameter(doc, {
    type: 'expression',
    isExpression: true,
    takes,
    read: (word) => word && userCode(word),
  });
}

/** `min` to `max` TypeScript expressions with commas between. */
export function expressions(
  doc: string,
  names: readonly string[],
  min: number,
  takes: string,
): Parameter<readonly Code[] | undefined> {
  const type = `${names.slice(0, min).join(',')}${names
    .slice(min)
    .map((name) => `[,${name}]`)
    .join('')}`;
  return parameter(doc, {
    type: `expressions ${type}`,
    isExpression: true,
    takes,
    isList: true,
    read: (word) => {
      if (!word) return undefined;
      const items = splitList(word);
      const isComplete = items.every((item) => item.text !== '');
      if (isComplete && items.length >= min && items.length <= names.length) {
        return items.map(userCode);
      }
      throw new MagicProblem(`"${word.text}" is not allowed`, `Allowed: expressions ${type}`, word);
    },
  });
}

/** The same option with a short form, as `-a`. */
export function withShort<T>(base: Parameter<T>, short: string): Parameter<T> {
  return { ...base, short };
}

/** Any number of words, in a magic that reads words as a shell does. */
export function words(doc: string, type: string): Parameter<readonly string[]> {
  return parameter(doc, {
    type,
    isMany: true,
    read: (word) => word?.tokens.map((token) => unquote(token.text)) ?? [],
  });
}

/** All the rest of the line as text. */
export function rest(doc: string, type: string): Parameter<Word | undefined> {
  return parameter(doc, { type, isRest: true, read: (word) => word });
}

/** A path of a file, in a magic that reads words as a shell does. */
export function path(doc: string): Parameter<string | undefined> {
  return parameter(doc, { type: 'path', read: (word) => word && unquote(word.text) });
}

/** One statement: all the rest of the line. */
export function statement(doc: string): Parameter<Word | undefined> {
  return parameter(doc, {
    type: 'statement',
    isExpression: true,
    isRest: true,
    read: (word) => word,
  });
}
