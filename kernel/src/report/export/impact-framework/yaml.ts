/** What a manifest is made of. */
export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml };

/**
 * Block YAML that readers of 1.1 and 1.2 understand alike: every string in double quotes, with JSON's
 * escapes, and every number with a point before its exponent (`1e-7` would be a string to some). Pure.
 */
export function toYaml(value: Yaml): string {
  return `${block(value, 0).trimStart()}\n`;
}

function block(value: Yaml, depth: number): string {
  if (typeof value === 'string') return ` ${quoted(value)}`;
  if (typeof value === 'number') return ` ${numeral(value)}`;
  if (typeof value === 'boolean') return ` ${String(value)}`;
  const indent = `\n${'  '.repeat(depth)}`;
  if (isList(value)) {
    return value.length === 0
      ? ' []'
      : value.map((item) => `${indent}-${afterDash(block(item, depth + 1), depth)}`).join('');
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return ' {}';
  return entries.map(([key, item]) => `${indent}${keyOf(key)}:${block(item, depth + 1)}`).join('');
}

/** `Array.isArray` doesn't tell a readonly list from an object. */
function isList(value: Yaml): value is readonly Yaml[] {
  return Array.isArray(value);
}

/** A mapping in a list begins on the line of its dash. */
function afterDash(text: string, depth: number): string {
  const start = `\n${'  '.repeat(depth + 1)}`;
  return text.startsWith(start) ? ` ${text.slice(start.length)}` : text;
}

function keyOf(key: string): string {
  return /^[a-z][\w/-]*$/i.test(key) && !WORDS_WITH_A_MEANING.has(key.toLowerCase())
    ? key
    : quoted(key);
}

/** Not strings in YAML 1.1. */
const WORDS_WITH_A_MEANING = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null']);

/** JSON leaves these as they are, YAML takes them for ends of lines or refuses them. */
const SPECIAL = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function quoted(text: string): string {
  const escape = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(SPECIAL, escape);
}

/** As short as reads back to the same double. */
function numeral(value: number): string {
  const text = String(value);
  const [significand = '', exponent] = text.split('e');
  if (exponent === undefined) return text;
  return `${significand.includes('.') ? significand : `${significand}.0`}e${exponent}`;
}
