import { HalfnoteError } from '../errors';

/** As many values as one parameter can have. */
const MOST = 100_000;
const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const RANGE = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})(?::(${NUMBER}))?$`);
const HINT =
  "For example -p format=fp32,bf16 -p seed=1..5 -p rate=0.1..0.5:0.1 -p 'layers=[16, 8],[32]'";

/** A parameter of a sweep, and each value that it takes. */
export interface Axis {
  readonly name: string;
  readonly values: readonly unknown[];
}

/**
 * Reads `name=values`: values with commas between, ranges such as `1..5` and `1..9:2` (both ends are in it), and
 * JSON. What is neither a number, a boolean, null nor JSON is a string.
 * @throws HalfnoteError `invalid-argument`.
 */
export function readAxis(argument: string): Axis {
  const [, name, text = ''] = /^([A-Za-z_$][\w$]*)=([^]*)$/.exec(argument) ?? [];
  if (name === undefined) {
    throw new HalfnoteError('invalid-argument', `-p is "${argument}", expected name=values`, HINT);
  }
  const values = splitAtCommas(text).flatMap((part) => valuesOf(name, part.trim()));
  if (values.length > MOST) throw tooMany(name, values.length);
  const texts = values.map((value) => JSON.stringify(value));
  const twice = texts.find((value, i) => texts.indexOf(value) !== i);
  if (twice !== undefined) {
    throw new HalfnoteError(
      'invalid-argument',
      `The parameter "${name}" has the value ${twice} twice; each must be another`,
    );
  }
  return { name, values };
}

/** @throws HalfnoteError `invalid-argument` for a parameter that is given twice, or none at all. */
export function readAxes(given: readonly string[]): Axis[] {
  const axes = given.map(readAxis);
  if (axes.length === 0) {
    throw new HalfnoteError('invalid-argument', 'A sweep needs a parameter to set', HINT);
  }
  const names = axes.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return axes;
  throw new HalfnoteError(
    'invalid-argument',
    `The parameter "${twice}" is given twice`,
    `Give all its values at once: -p ${twice}=1,2`,
  );
}

/** Commas within brackets, braces and quotes belong to a value. */
function splitAtCommas(text: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (isQuoted && character === '\\') {
      parts.push((parts.pop() ?? '') + text.slice(i, i + 2));
      i++;
      continue;
    }
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && '[{'.includes(character)) depth++;
    else if (!isQuoted && ']}'.includes(character)) depth--;
    if (character === ',' && depth === 0 && !isQuoted) parts.push('');
    else parts.push((parts.pop() ?? '') + character);
  }
  return parts;
}

function valuesOf(name: string, text: string): readonly unknown[] {
  const range = RANGE.exec(text);
  if (range !== null) return rangeOf(name, text, range);
  if (text === '') {
    throw new HalfnoteError(
      'invalid-argument',
      `The parameter "${name}" has an empty value`,
      `${HINT}; an empty text is '""'.`,
    );
  }
  return [valueOf(text)];
}

/** What a value on a command line is: numbers, booleans, null and JSON are what they are, all else is a string. */
export function valueOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // `1e999` is no number that code could be given.
    return typeof value === 'number' && !Number.isFinite(value) ? text : value;
  } catch {
    return text;
  }
}

function rangeOf(name: string, text: string, [, from, to, by = '1']: RegExpExecArray): number[] {
  const ends = [from ?? '', to ?? '', by];
  const decimals = Math.max(...ends.map((end) => (end.split('.')[1] ?? '').length));
  const [start = 0, end = 0, step = 0] = ends.map(Number);
  // A tenth of a step covers what decimals lose as floating-point numbers.
  const count = step === 0 ? NaN : Math.floor((end - start) / step + 0.1) + 1;
  if (!(count >= 1)) {
    throw new HalfnoteError(
      'invalid-argument',
      `The range ${text} of the parameter "${name}" has no value`,
      'Write start..end or start..end:step; to count down, a negative step: 5..1:-1.',
    );
  }
  if (count > MOST) throw tooMany(name, count);
  return Array.from({ length: count }, (_, i) => Number((start + i * step).toFixed(decimals)));
}

function tooMany(name: string, count: number): HalfnoteError {
  return new HalfnoteError(
    'invalid-argument',
    `The parameter "${name}" has ${count} values; allowed: ${MOST}`,
  );
}
