import { isDeepStrictEqual } from 'node:util';
import { HalfnoteError, shown } from '../../errors';
import { part } from '../model/part';
import { type Trait, type Traits, wrong } from '../model/trait';
import { type Given, modelClass, type Widget } from '../model/widget';
import { CONTROLS } from '../protocol';
import { DescriptionStyle } from '../styles';
import {
  described,
  type DescribedTraits,
  disabled,
  type DisabledTraits,
  onValue,
  type ValueWidget,
} from './common';

/** What can be chosen, and the words for it. */
export type Option<V> = readonly [label: string, value: V];

/** Values, pairs of words and value, or an object or map from words to values. */
export type Options<V> =
  readonly V[] | readonly Option<V>[] | ReadonlyMap<string, V> | Readonly<Record<string, V>>;

/** What a list of choices has. */
export interface DropdownTraits<V> extends DescribedTraits, DisabledTraits {
  /** What can be chosen. A new list chooses its first. */
  options: Options<V>;
  /** Which of them is chosen; null where none is. */
  index: number | null;
  /** The chosen one's value. */
  value: V | null;
  /** The chosen one's words. */
  label: string | null;
  style: DescriptionStyle;
}

/** What a new one is made with. */
export type DropdownOptions<V> = Given<DropdownTraits<V>>;

const anything: Trait<unknown> = {
  initial: () => null,
  check: (value) => value,
  way: 'kept',
};

const label: Trait<string | null> = {
  initial: () => null,
  check: (value, where) => {
    if (value === null || typeof value === 'string') return value;
    throw wrong(where, value, 'the words of an option, or null');
  },
  way: 'kept',
};

const index: Trait<number | null> = {
  initial: () => null,
  check: (value, where) => {
    if (value === null || Number.isSafeInteger(value)) return value as number | null;
    throw wrong(where, value, 'the place of an option from 0, or null');
  },
};

const options: Trait<Options<unknown>> = {
  initial: () => [],
  check: (value, where) => pairs(value, where),
  key: '_options_labels',
  way: 'told',
  toJson: (all) => pairsOf(all).map(([words]) => words),
};

const traits: Traits<DropdownTraits<unknown>> = {
  ...described,
  ...disabled,
  options,
  index,
  value: anything,
  label,
  style: part(DescriptionStyle),
};

function settle(
  next: DropdownTraits<unknown>,
  changed: ReadonlySet<keyof DropdownTraits<unknown>>,
  current: DropdownTraits<unknown> | undefined,
  where: string,
): void {
  const all = pairsOf(next.options);
  const first = all.length > 0 ? 0 : null;
  if (changed.has('value')) next.index = placeOf(next, 'value', where);
  else if (changed.has('label')) next.index = placeOf(next, 'label', where);
  else if (!changed.has('index') && changed.has('options'))
    next.index = current !== undefined && current.index === null ? null : first;
  const chosen = next.index === null ? undefined : all[next.index];
  if (next.index !== null && chosen === undefined)
    throw new HalfnoteError(
      'invalid-argument',
      `${where}.index is ${next.index}. Allowed: ${all.length === 0 ? 'null, as there are no options' : `0 to ${all.length - 1}, or null`}.`,
    );
  next.label = chosen === undefined ? null : chosen[0];
  next.value = chosen === undefined ? null : chosen[1];
}

function placeOf(
  next: DropdownTraits<unknown>,
  by: 'value' | 'label',
  where: string,
): number | null {
  const wanted = next[by];
  const all = pairsOf(next.options);
  const at = all.findIndex(([words, value]) =>
    isDeepStrictEqual(by === 'label' ? words : value, wanted),
  );
  if (at >= 0) return at;
  if (wanted === null) return null;
  const labels = all.map(([words]) => words);
  throw new HalfnoteError(
    'invalid-argument',
    `${where}.${by} is ${shown(wanted)}. Allowed: one of its options, ${labels.join(', ') || 'of which there are none'}.`,
  );
}

/** Options as they are kept, once they have been checked. */
function pairsOf(checked: Options<unknown>): readonly Option<unknown>[] {
  return checked as readonly Option<unknown>[];
}

function pairs(value: unknown, where: string): readonly Option<unknown>[] {
  if (value instanceof Map) return labelled([...value.entries()], where);
  if (Array.isArray(value)) {
    const isPairs = value.length > 0 && value.every(isPair);
    return isPairs ? value : value.map((one) => [wordsFor(one), one] as const);
  }
  if (typeof value !== 'object' || value === null)
    throw wrong(where, value, 'a list of values, or an object from words to values');
  return labelled(Object.entries(value), where);
}

function labelled(entries: readonly (readonly unknown[])[], where: string): Option<unknown>[] {
  return entries.map(([words, value]) => {
    if (typeof words !== 'string') throw wrong(`${where} has a name that`, words, 'text');
    return [words, value];
  });
}

function isPair(one: unknown): one is Option<unknown> {
  return Array.isArray(one) && one.length === 2 && typeof one[0] === 'string';
}

function wordsFor(value: unknown): string {
  return typeof value === 'string' ? value : shown(value);
}

/** `modelClass` knows one type of value; each dropdown has its own. */
const Base = modelClass<DropdownTraits<unknown>>({
  model: 'DropdownModel',
  view: 'DropdownView',
  package: CONTROLS,
  traits,
  settle,
}) as unknown as new <V>(
  options?: DropdownOptions<V>,
) => Widget<DropdownTraits<V>> & DropdownTraits<V>;

/** One of a list: `new Dropdown({ options: ['bf16', 'fp16'], value: 'fp16' })`. */
export class Dropdown<V = string> extends Base<V> implements ValueWidget<V | null> {
  onChange(handler: (value: V | null, old: V | null) => unknown): () => void {
    return onValue<V | null, DropdownTraits<V>>(this, handler);
  }
}
