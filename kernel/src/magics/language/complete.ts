import type { Completion } from '../../runtime/contract';
import { assign, COMMON_OPTIONS } from './assign';
import type { Magic, NamedParameter } from './declare';
import { magicAtOffset, type LocatedMagic } from './located';
import type { MagicTable } from './magic-table';
import { written } from './usage';
import type { Word } from '../../magic-lines/words';

/**
 * Completes names, options and values of magics at `offset` (UTF-16).
 * Undefined where TypeScript is to complete: outside of magics and in their expressions.
 */
export function completeMagic(
  table: MagicTable,
  code: string,
  offset: number,
): Completion | undefined {
  const line = magicAtOffset(table, code, offset);
  if (!line) return undefined;
  if (offset <= line.nameEnd) return completeName(table, line, code, offset);
  const { magic } = line;
  if (!magic || line.asksHelp || (line.body && offset >= line.body.start)) return undefined;
  return completeArgument(magic, line, code, offset);
}

function completeName(
  table: MagicTable,
  line: LocatedMagic,
  code: string,
  offset: number,
): Completion | undefined {
  const start = code.indexOf('%', line.start);
  const typed = code.slice(start, offset);
  const isFirst = !line.misplaced && code.slice(0, line.start).trim() === '';
  const names = table.all.flatMap((magic) =>
    magic.forms
      .filter((form) => form === 'line' || isFirst || line.form === 'cell')
      .map((form) => written(magic.name, form)),
  );
  const matches = names.filter((name) => name.startsWith(typed));
  return matches.length === 0 ? undefined : completion(matches, 'magic', start, offset);
}

function completeArgument(
  magic: Magic,
  line: LocatedMagic,
  code: string,
  offset: number,
): Completion | undefined {
  const before = line.words.filter(({ end }) => end < offset);
  const current = line.words.find(({ start, end }) => start < offset && end >= offset);
  const typed = current === undefined ? '' : current.text.slice(0, offset - current.start);
  const { words, waiting } = assign(magic, before, code);
  if (waiting) return completeValue(waiting, typed, offset);
  const equals = /^(--[\w-]+)=/.exec(typed);
  if (equals) {
    const option = magic.options.find(({ name }) => name === equals[1]);
    return option && completeValue(option, typed.slice(equals[0].length), offset);
  }
  if (magic.positionals.some(({ isRest, name }) => isRest && words.has(name))) return undefined;
  const positional = magic.positionals.find(({ name }) => !words.has(name));
  const options = completeOptions(magic, words, before, typed, offset);
  if (typed.startsWith('-') || !positional) return options;
  const values = completeValue(positional, typed, offset);
  if (typed !== '' || positional.required || !values) return values;
  return concat(values, options);
}

function completeValue(
  parameter: NamedParameter,
  typed: string,
  offset: number,
): Completion | undefined {
  if (parameter.isExpression) return undefined;
  const items = parameter.isList ? typed.split(',') : [typed];
  const last = (items.pop() ?? '').trimStart();
  const taken = new Set(items.map((item) => item.trim()));
  const matches = parameter.values.filter((value) => value.startsWith(last) && !taken.has(value));
  return completion(matches, 'value', offset - last.length, offset);
}

function completeOptions(
  magic: Magic,
  words: ReadonlyMap<string, Word>,
  before: readonly Word[],
  typed: string,
  offset: number,
): Completion {
  const excluded = new Set(
    magic.exclusive.filter((names) => names.some((name) => words.has(name))).flat(),
  );
  const own = magic.options.filter(({ name }) => !words.has(name) && !excluded.has(name));
  const common = Object.keys(COMMON_OPTIONS).filter(
    (name) => !before.some(({ text }) => text === name),
  );
  const names = [...own.map(({ name }) => name), ...common];
  return completion(
    names.filter((name) => name.startsWith(typed)),
    'option',
    offset - typed.length,
    offset,
  );
}

function completion(
  matches: readonly string[],
  type: string,
  start: number,
  end: number,
): Completion {
  return { matches, start, end, types: matches.map(() => type) };
}

function concat(a: Completion, b: Completion): Completion {
  return { ...a, matches: [...a.matches, ...b.matches], types: [...a.types, ...b.types] };
}
