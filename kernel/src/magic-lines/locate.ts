import { Scanner, type Token } from './tokens';
import { splitWords, type Word } from './words';

export type Form = 'line' | 'cell';

/** How the text of a magic is read. */
export interface Syntax {
  /** Arguments are words as in a shell, up to the end of the line, and no TypeScript. */
  readonly isShell: boolean;
  /** What follows the line of a cell magic is text, and no TypeScript. */
  readonly hasTextBody: boolean;
}

export const TYPESCRIPT: Syntax = { isShell: false, hasTextBody: false };

/** A magic as it stands in a cell. Offsets are UTF-16 code units in the cell. */
export interface MagicLine {
  readonly form: Form;
  readonly name: string;
  /** From the first `%` to the end of the line on which the arguments end. */
  readonly start: number;
  readonly nameEnd: number;
  readonly end: number;
  /** The line of `start`, counted from 1. */
  readonly line: number;
  readonly words: readonly Word[];
  /** `%name?`, `%name??`, `?%name` or `??%name`. */
  readonly asksHelp: boolean;
  /** A bracket, template or comment of the arguments that is never closed. */
  readonly open: { readonly text: string; readonly start: number } | undefined;
  /** The rest of the cell, where that is text rather than TypeScript. */
  readonly body: { readonly text: string; readonly start: number } | undefined;
  /** False where the previous statement needs a `;` first. */
  readonly startsStatement: boolean;
  /** True for `%%name` after code: it must come first. */
  readonly misplaced: boolean;
  /** True inside of a block, where a magic has no place but nothing else can be meant. */
  readonly inBlock: boolean;
  /** True when no code and no other magic follows. */
  readonly last: boolean;
}

const MAGIC = /(\?{0,2})(%%?)([A-Za-z_]\w*)?/y;
const HELP = /^\?{1,2}$/;
/** What stands between a magic's name and its arguments, or ends it. */
const NAME_END = /[\s?;]|$/y;
/** `a\n%b c` cannot be `a % b c`, except where `c` is one of these operators. */
const NOT_MODULO =
  /[^\S\n]+(?!(?:as|in|instanceof|satisfies)\b)(?:[\p{ID_Start}\d]|--[A-Za-z])|\?{1,2}[^\S\n]*(?:\n|$)/uy;
/** Tokens after which JavaScript waits for an operand, but a type or statement may also have ended. */
const MAY_END = new Set(['>', 'void', 'return', 'break', 'continue', 'debugger']);

/**
 * Finds the magics of a cell.
 *
 * A magic is `%` or `%%`, directly followed by a name, first on its line, outside of brackets,
 * strings, templates and comments, where a statement may begin. JavaScript's own modulo can stand
 * first on a line too (`total\n% 3`), so after a line that could go on:
 * - a blank after `%` makes it modulo;
 * - a known name makes it a magic;
 * - an unknown name is a magic only if what follows could not be modulo (`%precison fp16`).
 *
 * After an operator, or after `if (...)`, `else` and the like, nothing is a magic. `?%` is in no
 * JavaScript, so it always asks for help.
 *
 * @param isKnown whether a magic of this name exists
 * @param syntaxOf how the text of a magic is read
 * @param cursor where the user types: a bare or half-written name that ends there counts as a magic
 */
export function locateMagics(
  code: string,
  isKnown: (name: string) => boolean,
  cursor = -1,
  syntaxOf: (name: string) => Syntax = () => TYPESCRIPT,
): MagicLine[] {
  const scanner = new Scanner(code);
  const found: MagicLine[] = [];
  let codeSeen = false;
  let lastCode = -1;
  for (;;) {
    scanner.skipSpace();
    const magic = magicAt(scanner, isKnown, cursor, syntaxOf);
    if (magic) {
      const isCell = magic.form === 'cell';
      found.push({ ...magic, misplaced: isCell && codeSeen });
      codeSeen ||= !isCell;
      scanner.restart(magic.end);
      continue;
    }
    const token = scanner.next();
    if (!token) break;
    if (token.kind === 'comment') continue;
    codeSeen = true;
    lastCode = token.start;
  }
  return found.map((magic, i) => ({
    ...magic,
    last: i === found.length - 1 && lastCode < magic.start,
  }));
}

function magicAt(
  scanner: Scanner,
  isKnown: (name: string) => boolean,
  cursor: number,
  syntaxOf: (name: string) => Syntax,
): MagicLine | undefined {
  const { code, position: start } = scanner;
  if (!scanner.atLineStart) return undefined;
  MAGIC.lastIndex = start;
  const [text = '', question = '', percent = '', name = ''] = MAGIC.exec(code) ?? [];
  if (percent === '') return undefined;
  if (scanner.depth > 0 && !isMeantInBlock(scanner, isKnown(name))) return undefined;
  const nameEnd = start + text.length;
  const isTyped = cursor > start && cursor <= nameEnd;
  if (name === '' && !(isTyped && cursor === nameEnd)) return undefined;
  const isCertain = percent === '%%' || isKnown(name) || isTyped;
  if (question === '' && !isMagic(scanner.previous, code, nameEnd, isCertain)) return undefined;
  const syntax = syntaxOf(name);
  const extent = (syntax.isShell ? readShellWords : readArguments)(code, nameEnd);
  const asksHelp = question !== '' || extent.asksHelp;
  const hasBody = percent === '%%' && syntax.hasTextBody && !asksHelp && extent.end < code.length;
  const bodyStart = code.indexOf('\n', extent.end) + 1;
  const body = hasBody ? { text: code.slice(bodyStart), start: bodyStart } : undefined;
  return {
    form: percent === '%%' ? 'cell' : 'line',
    name,
    start,
    nameEnd,
    end: body ? code.length : extent.end,
    line: code.slice(0, start).split('\n').length,
    words: asksHelp ? [] : extent.words,
    asksHelp,
    open: extent.open,
    body,
    startsStatement: (scanner.previous?.text ?? ';') === ';',
    misplaced: false,
    inBlock: scanner.depth > 0,
    last: false,
  };
}

/** In a block, only where a statement begins: there `%` can be nothing else. */
function isMeantInBlock(scanner: Scanner, isKnown: boolean): boolean {
  return isKnown && scanner.inBlock && scanner.previous?.after === 'statement';
}

function isMagic(
  previous: Token | undefined,
  code: string,
  nameEnd: number,
  isKnown: boolean,
): boolean {
  if (previous === undefined || previous.after === 'statement') return true;
  if (previous.after === 'operator' && !MAY_END.has(previous.text)) return false;
  const next = isKnown ? NAME_END : NOT_MODULO;
  next.lastIndex = nameEnd;
  return next.test(code);
}

/** Arguments end with their line, or with the line that closes their last bracket. */
function readArguments(code: string, from: number) {
  const scanner = new Scanner(code, from);
  const tokens: Token[] = [];
  for (;;) {
    scanner.skipSpace(scanner.depth === 0);
    if (scanner.depth === 0 && code[scanner.position] === '\n') break;
    const token = scanner.next();
    if (!token) break;
    if (token.kind !== 'comment') tokens.push(token);
  }
  const end = code[scanner.position - 1] === '\r' ? scanner.position - 1 : scanner.position;
  const asksHelp = tokens.length === 1 && HELP.test(tokens[0]?.text ?? '');
  if (tokens.at(-1)?.text === ';') tokens.pop();
  return { words: splitWords(code, tokens), end, open: scanner.open, asksHelp };
}

/** Words with blanks between, as in a shell; blanks in quotes don't count. */
function readShellWords(code: string, from: number) {
  const line = /[^\n]*/y;
  line.lastIndex = from;
  const text = (line.exec(code)?.[0] ?? '').replace(/\r$/, '');
  const words = [...text.matchAll(/(?:[^\s"']|"[^"]*"?|'[^']*'?)+/g)].map((match) => {
    const start = from + match.index;
    const [word] = match;
    const end = start + word.length;
    const token: Token = {
      kind: 'string',
      text: word,
      start,
      end,
      depth: 0,
      after: 'operand',
    };
    return { text: word, start, end, tokens: [token] };
  });
  const asksHelp = words.length === 1 && HELP.test(words[0]?.text ?? '');
  return { words, end: from + text.length, open: undefined, asksHelp };
}
