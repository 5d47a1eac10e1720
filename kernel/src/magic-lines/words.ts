import type { Token } from './tokens';

/** An argument as it stands in a cell: text, place and tokens. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly tokens: readonly Token[];
}

/**
 * Splits a magic's arguments at blanks outside of brackets and strings.
 * A blank beside a comma does not split: `fp32, bf16` is one word.
 */
export function splitWords(code: string, tokens: readonly Token[]): Word[] {
  const groups: Token[][] = [];
  let previous: Token | undefined;
  for (const token of tokens) {
    const group = groups.at(-1);
    if (group && previous && isJoined(previous, token)) group.push(token);
    else groups.push([token]);
    previous = token;
  }
  return groups.map((group) => wordOf(code, group));
}

function isJoined(previous: Token, token: Token): boolean {
  if (previous.end === token.start) return true;
  if (isInside(token)) return true;
  return (isComma(previous) && !token.text.startsWith('--')) || isComma(token);
}

/** Inside of a bracket, or the bracket that closes one: both are joined to what is before them. */
function isInside({ depth, text }: Token): boolean {
  return depth > 0 || text === ')' || text === ']' || text.startsWith('}');
}

function isComma({ text, depth }: Token): boolean {
  return depth === 0 && text === ',';
}

/** The word that spans `tokens`, of which there is at least one. */
export function wordOf(code: string, tokens: readonly Token[]): Word {
  const start = tokens[0]?.start ?? 0;
  const end = tokens.at(-1)?.end ?? start;
  return { text: code.slice(start, end), start, end, tokens };
}

/** The part of a word from `start` (an offset in the cell) on. */
export function wordFrom(word: Word, start: number): Word {
  return {
    text: word.text.slice(start - word.start),
    start,
    end: word.end,
    tokens: word.tokens.filter((token) => token.start >= start),
  };
}

/** The parts between commas outside of brackets, without blanks around them; empty ones too. */
export function splitList(word: Word): Word[] {
  const parts: Word[] = [];
  let from = word.start;
  const cut = (end: number): void => {
    const raw = word.text.slice(from - word.start, end - word.start);
    const text = raw.trim();
    const start = from + (text === '' ? 0 : raw.indexOf(text));
    const tokens = word.tokens.filter((token) => token.start >= start && token.end <= end);
    parts.push({ text, start, end: start + text.length, tokens });
  };
  for (const token of word.tokens) {
    if (!isComma(token)) continue;
    cut(token.start);
    from = token.end;
  }
  cut(word.end);
  return parts;
}

/** The content of a quoted string, else the text itself. */
export function unquote(text: string): string {
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  return quoted?.[2]?.replace(/\\(.)/gs, '$1') ?? text;
}
