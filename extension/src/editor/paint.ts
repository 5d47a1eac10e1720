import { locateMagics, TYPESCRIPT, wordOf } from 'halfnote/mime/magics';
import type { MagicLine, MagicWords, ParameterWords, Vocabulary, Word } from 'halfnote/mime/magics';

/** What a part of a magic is, for the eye. */
export type PartKind =
  'name' | 'option' | 'value' | 'variable' | 'number' | 'string' | 'operator' | 'comment';

/** A piece of a cell: UTF-16 offsets, `to` exclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Part extends Range {
  readonly kind: PartKind;
}

/** The text of a `%%writefile`, with the name of the file. */
export interface TextBody extends Range {
  readonly file: string | undefined;
}

export interface Painted {
  /** In the order of the cell. */
  readonly parts: readonly Part[];
  /** The TypeScript within magics, each by itself. */
  readonly expressions: readonly Range[];
  /** The code around the magics, which is one piece of TypeScript. */
  readonly typescript: readonly Range[];
  readonly body: TextBody | undefined;
}

/** What there is in a cell, found as the kernel finds it. */
export function paint(code: string, vocabulary: Vocabulary): Painted {
  const known = (name: string): MagicWords | undefined =>
    Object.hasOwn(vocabulary, name) ? vocabulary[name] : undefined;
  const lines = locateMagics(
    code,
    (name) => known(name) !== undefined,
    -1,
    (name) => ({ ...TYPESCRIPT, ...known(name) }),
  );
  const parts: Part[] = [];
  const expressions: Range[] = [];
  const typescript: Range[] = [];
  let from = 0;
  for (const line of lines) {
    typescript.push({ from, to: line.start });
    from = line.end;
    const magic = known(line.name);
    if (magic === undefined) continue;
    parts.push({ kind: 'name', from: line.start, to: line.nameEnd });
    for (const [word, parameter] of wordsOf(line, magic, code)) {
      if (parameter !== 'option' && isCode(parameter)) {
        expressions.push({ from: word.start, to: word.end });
      } else parts.push(...partsOf(word, parameter));
    }
    parts.push(...comments(line, code));
  }
  typescript.push({ from, to: code.length });
  const { body, words } = lines.at(-1) ?? {};
  return {
    parts: parts.toSorted((a, b) => a.from - b.from),
    expressions,
    typescript: typescript.filter((range) => range.from < range.to),
    body: body && {
      from: body.start,
      to: body.start + body.text.length,
      file: words?.findLast(({ text }) => !text.startsWith('-'))?.text,
    },
  };
}

function isCode({ is }: ParameterWords): boolean {
  return is === 'expression' || is === 'statement';
}

/** Each word with its parameter. A half-written magic has some that are nobody's: they are text. */
function wordsOf(
  { words, nameEnd }: MagicLine,
  magic: MagicWords,
  code: string,
): [Word, ParameterWords | 'option'][] {
  const positionals = [...magic.positionals];
  const found: [Word, ParameterWords | 'option'][] = [];
  let waiting: ParameterWords | undefined;
  for (const [index, word] of words.entries()) {
    const written = /^--?[A-Za-z][\w-]*/.exec(word.text)?.[0];
    const isOption =
      written !== undefined && (written.startsWith('--') || written in magic.options);
    const [next] = positionals;
    if (isOption) {
      found.push([word, 'option']);
      const option = Object.hasOwn(magic.options, written) ? magic.options[written] : undefined;
      waiting = option?.is === 'flag' || word.text.includes('=') ? undefined : option;
    } else if (waiting !== undefined) {
      found.push([word, waiting]);
      waiting = undefined;
    } else if (next?.isRest === true) {
      const rest = wordOf(
        code,
        words.slice(index).flatMap(({ tokens }) => tokens),
      );
      return [...found, [rest, next]];
    } else if (word.start > nameEnd) {
      found.push([word, next ?? { is: 'text' }]);
      if (next?.isMany !== true) positionals.shift();
    }
  }
  return found;
}

/** A word that is no TypeScript, in its parts. */
function partsOf(word: Word, parameter: ParameterWords | 'option'): Part[] {
  if (parameter !== 'option') {
    return word.tokens.flatMap((token) => {
      const kind = parameter.is === 'variable' ? 'variable' : TOKENS[token.kind];
      return kind === undefined ? [] : [{ kind, from: token.start, to: token.end }];
    });
  }
  const length = /^[\w-]+/.exec(word.text)?.[0].length ?? 0;
  const at = word.start + length;
  const value = word.tokens.filter(({ start }) => start >= at);
  return [
    { kind: 'option', from: word.start, to: at },
    ...partsOf({ ...word, start: at, tokens: value }, { is: 'value' }),
  ];
}

const TOKENS: Readonly<Record<string, PartKind>> = {
  name: 'value',
  keyword: 'value',
  number: 'number',
  string: 'string',
  template: 'string',
  punctuator: 'operator',
};

/** Comments stand between words, or behind them. */
function comments({ nameEnd, end, words, body }: MagicLine, code: string): Part[] {
  const stop = body === undefined ? end : Math.min(end, body.start - 1);
  const gaps = [nameEnd, ...words.map((word) => word.end)].map((from, index) => ({
    from,
    to: words[index]?.start ?? stop,
  }));
  return gaps.flatMap(({ from, to }) => {
    const text = code.slice(from, to);
    const start = text.search(/\S/);
    if (start < 0 || !/^\/[/*]/.test(text.slice(start))) return [];
    return [{ kind: 'comment' as const, from: from + start, to: from + text.trimEnd().length }];
  });
}
