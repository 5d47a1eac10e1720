/** A way to write something that Python has and TypeScript writes otherwise. */
interface Habit {
  /** What the whole line is like; its groups stand in `says` as $1, $2, ... */
  readonly line: RegExp;
  readonly says: string;
}

const NAME = '[A-Za-z_]\\w*';
const COMMANDS =
  'ls|cd|pwd|cat|cp|mv|rm|mkdir|head|tail|grep|find|echo|which|du|df|wget|curl|tar|unzip|git|npm|npx|node|python3?|apt|apt-get|nvidia-smi';

function habit(pattern: string, says: string): Habit {
  return { line: new RegExp(`^\\s*${pattern}`), says };
}

/** Commands of the shell; TypeScript can read the shorter ones, and misses the name. */
const SHELL: readonly Habit[] = [
  habit(
    '[!%]?\\s*(?:pip3?|conda|mamba|uv)\\b.*\\binstall\\b',
    'Packages come from npm: %npm install NAME. A notebook here runs no Python.',
  ),
  habit(
    `!\\s*((?:${COMMANDS})\\b.*?|[\\w./-]+\\s+[\\w./-].*?)\\s*$`,
    "The shell's commands are called: execSync('$1', { stdio: 'inherit' }), after import { execSync } from 'node:child_process'.",
  ),
];

/** What TypeScript can't parse; the first that fits is told. */
const LINES: readonly Habit[] = [
  habit('#(?![!\\w])', 'A comment begins with //.'),
  habit(
    '(?:import|from)\\s+(?:numpy|tensorflow|keras|torch|jax)\\b',
    "That is a library of Python's. Tensors and models are tf's here: import * as tf from '@tensorflow/tfjs'.",
  ),
  habit(`from\\s+([\\w.]+)\\s+import\\s+(.+)`, "Written as import { $2 } from '$1'."),
  habit(`import\\s+([\\w.]+)\\s+as\\s+(${NAME})`, "Written as import * as $2 from '$1'."),
  habit(`import\\s+(${NAME})\\s*;?\\s*$`, "Written as import * as $1 from '$1'."),
  habit(
    `(?:async\\s+)?def\\s+(${NAME})\\s*\\((.*)\\).*:`,
    'A function is written as function $1($2) { ... }.',
  ),
  habit(`class\\s+(${NAME})\\s*\\((.+)\\)\\s*:`, 'Written as class $1 extends $2 { ... }.'),
  habit(`class\\s+(${NAME})\\s*(?:\\(\\s*\\))?\\s*:`, 'Written as class $1 { ... }.'),
  habit(
    `for\\s+(${NAME})\\s+in\\s+range\\((\\w+)\\)\\s*:`,
    'Written as for (let $1 = 0; $1 < $2; $1++) { ... }.',
  ),
  habit('for\\s+([^(\\s].*?)\\s+in\\s+(.+?)\\s*:', 'Written as for (const $1 of $2) { ... }.'),
  habit('(if|while)\\s+(.+?)\\s*:\\s*(?:#.*)?$', 'Written as $1 ($2) { ... }.'),
  habit('elif\\s+(.+?)\\s*:', 'Written as else if ($1) { ... }.'),
  habit('(else|try|finally)\\s*:', 'Written as $1 { ... }.'),
  habit(`except\\b(?:.*\\bas\\s+(${NAME}))?.*:`, 'Written as catch (error) { ... }.'),
  habit('with\\s+.+:\\s*$', 'TypeScript has no with: use a value and dispose of it, or tf.tidy.'),
  habit(`raise\\s+(\\w+)`, "Written as throw new Error('...')."),
  habit('assert\\s+[^(]', "Written as assert(...), after import assert from 'node:assert'."),
  habit('del\\s+\\w', 'Written as delete object.property, or map.delete(key).'),
  habit('(?:.*[^\\w.])?lambda\\s+([\\w\\s,]*):', 'A function is written as ($1) => value.'),
  habit('(?:.*[^\\w.])?[fF](?:"|\').*', 'Text with values in it is written as `a ${value}`.'),
  habit('.*?([\\w.()[\\]]+)\\s+if\\s+(.+?)\\s+else\\s+([\\w.()[\\]]+)', 'Written as $2 ? $1 : $3.'),
  habit('.*\\bnot\\s+[\\w(]', 'Written as !value.'),
  habit('.*\\bis\\s+(?:not\\s+)?None\\b', 'Written as value === null, or value !== null.'),
  habit('.*\\band\\s+[\\w(!]', 'Written as a && b.'),
  habit('.*\\bor\\s+[\\w(!]', 'Written as a || b.'),
  habit('\\??\\??[\\w.]+\\?{1,2}\\s*$', 'name? asks for help where it stands alone in its cell.'),
];

/** Names that every Python program has, and those that its users give their libraries. */
const NAMES: Readonly<Record<string, string>> = {
  print: 'Written as console.log(...); the value of the last line is shown by itself.',
  len: 'Written as values.length.',
  range: 'Written as for (let i = 0; i < n; i++), or Array.from({ length: n }, (_, i) => i).',
  enumerate: 'Written as for (const [i, value] of values.entries()).',
  zip: 'Written as a.map((value, i) => [value, b[i]]).',
  sorted: 'Written as [...values].sort((a, b) => a - b).',
  reversed: 'Written as [...values].reverse().',
  sum: 'Written as values.reduce((total, value) => total + value, 0); of tensors, tf.sum(x).',
  abs: 'Written as Math.abs(x); of tensors, tf.abs(x).',
  min: 'Written as Math.min(...values); of tensors, tf.min(x).',
  max: 'Written as Math.max(...values); of tensors, tf.max(x).',
  round: 'Written as Math.round(x); of tensors, tf.round(x).',
  str: 'Written as String(x).',
  int: 'Written as Math.trunc(Number(x)).',
  float: 'Written as Number(x).',
  bool: 'Written as Boolean(x).',
  list: 'Written as [...values].',
  dict: 'Written as { name: value }, or new Map().',
  set: 'Written as new Set(values).',
  tuple: 'Written as [a, b].',
  type: 'Written as typeof x, or x.constructor.name.',
  isinstance: 'Written as x instanceof Type.',
  input: "Written as await input('...'), after import { input } from 'halfnote'.",
  open: "Written as fs.readFileSync('file', 'utf8'), after import * as fs from 'node:fs'.",
  dir: 'Written as Object.keys(x); completion lists more.',
  help: 'Written as name? in a cell of its own.',
  exit: 'The kernel is stopped or started anew in the menu Kernel.',
  quit: 'The kernel is stopped or started anew in the menu Kernel.',
  None: 'Written as null, or undefined.',
  True: 'Written as true.',
  False: 'Written as false.',
  pass: 'There is no such statement; an empty block is { }.',
  np: "Tensors are tf's here: tf.tensor([1, 2]), after import * as tf from '@tensorflow/tfjs'.",
  torch: "Tensors are tf's here: tf.tensor([1, 2]), after import * as tf from '@tensorflow/tfjs'.",
  keras:
    "Layers are tf's here: tf.layers.dense(...), after import * as tf from '@tensorflow/tfjs'.",
  plt: "A chart is plotly({ data: [...] }) at the end of a cell, after import { plotly } from 'halfnote'.",
};

/** The same names as types. */
const TYPES: Readonly<Record<string, string>> = {
  str: 'string',
  int: 'number',
  float: 'number',
  bool: 'boolean',
  list: 'T[]',
  dict: 'Record<string, T>',
  set: 'Set<T>',
  tuple: '[A, B]',
  None: 'null',
};

/** TypeScript's codes of a name that isn't there; in the second it has a similar one to offer. */
const NO_NAME = new Set([2304, 2552]);
/** From here on, what is wrong is not how the text is written. */
const FIRST_SEMANTIC = 2000;
const STRING = /(["'`])(?:\\.|(?!\1).)*\1/g;
const COMMENT = /\/[/*].*$/;
/** TypeScript's codes of a string, a comment or a template that is never closed. */
const NOT_CLOSED = new Set([1002, 1010, 1160]);
/** What may stand before a type. */
const BEFORE_TYPE = /(?:[:<|&]|=>|\bas)\s*$/;

/**
 * What to write instead, where an error comes of a habit from Python; undefined for any other.
 * @param code TypeScript's number of the error
 * @param text the text that it is about
 * @param line the line of the cell that this stands on
 */
export function pythonHabit(code: number, text: string, line: string): string | undefined {
  if (NO_NAME.has(code) && !/^\w+$/.test(text)) return undefined;
  if (NO_NAME.has(code)) return nameHabit(text, line) ?? lineHabit(SHELL, line);
  const isSyntax = code < FIRST_SEMANTIC && !NOT_CLOSED.has(code);
  return isSyntax ? lineHabit([...SHELL, ...LINES], line) : undefined;
}

function nameHabit(name: string, line: string): string | undefined {
  const isType = BEFORE_TYPE.test(line.slice(0, line.search(new RegExp(`\\b${name}\\b`))));
  if (isType && Object.hasOwn(TYPES, name)) return `The type is written as ${TYPES[name]}.`;
  if (Object.hasOwn(NAMES, name)) return NAMES[name];
  const isAssigned = new RegExp(`^\\s*${name}\\s*=(?![=>])`).test(line);
  return isAssigned ? `A new variable is declared: const ${line.trim()}` : undefined;
}

function lineHabit(habits: readonly Habit[], line: string): string | undefined {
  if (/["'`]/.test(line.replace(STRING, ''))) return undefined;
  const bare = line.replace(STRING, '$1$1').replace(COMMENT, '');
  const found = habits.find((candidate) => candidate.line.test(bare));
  if (found === undefined) return undefined;
  const groups = found.line.exec(line) ?? found.line.exec(bare) ?? [];
  return found.says.replace(/\$(\d)/g, (_, digit: string) => groups[Number(digit)] ?? '');
}
