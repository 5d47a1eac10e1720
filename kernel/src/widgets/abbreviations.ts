import { HalfnoteError, shown } from '../errors';
import { Checkbox } from './controls/checkbox';
import type { ValueWidget } from './controls/common';
import { Dropdown, type Option } from './controls/dropdown';
import { FloatSlider, IntSlider } from './controls/sliders';
import { Text } from './controls/strings';
import { AnyWidget } from './model/any-widget';

/** A value that stays as it is, and has no control. */
export class Fixed<V> {
  constructor(readonly value: V) {}
}

/** A value that stays as it is, where `interact` would make a control of it. */
export function fixed<V>(value: V): Fixed<V> {
  return new Fixed(value);
}

/** What gives an argument: a widget of which one hears, or a value that stays. */
export type Control = (AnyWidget & ValueWidget<unknown>) | Fixed<unknown>;

/** The value that the control of an abbreviation has. */
export type ValueOf<A> =
  A extends Fixed<infer V>
    ? V
    : A extends { readonly value: infer V; onChange(...args: never[]): unknown }
      ? V
      : A extends boolean
        ? boolean
        : A extends number | readonly [number, number] | readonly [number, number, number]
          ? number
          : A extends string
            ? string
            : A extends readonly Option<infer V>[]
              ? V
              : A extends readonly (infer V)[]
                ? V
                : A extends ReadonlyMap<string, infer V>
                  ? V
                  : A extends Readonly<Record<string, infer V>>
                    ? V
                    : never;

/**
 * The control that an abbreviation stands for, with `name` before it: `[min, max]` and `[min, max, step]` in
 * numbers are a slider, of whole numbers where all are; a number is a slider about it, a boolean a checkbox,
 * text a line; another list, a map or an object is a dropdown. Widgets with a value stand for themselves.
 * @throws HalfnoteError `invalid-argument` for anything else.
 */
export function controlOf(name: string, abbreviation: unknown): Control {
  if (abbreviation instanceof Fixed) return abbreviation;
  if (abbreviation instanceof AnyWidget) {
    if (hasValue(abbreviation)) return named(name, abbreviation);
    throw refused(name, abbreviation.constructor.name);
  }
  if (typeof abbreviation === 'boolean')
    return new Checkbox({ value: abbreviation, description: name });
  if (typeof abbreviation === 'string') return new Text({ value: abbreviation, description: name });
  if (typeof abbreviation === 'number') return slider(name, around(abbreviation), abbreviation);
  if (typeof abbreviation === 'object' && abbreviation !== null) {
    if (isRange(abbreviation)) return slider(name, abbreviation);
    return new Dropdown<unknown>({ options: abbreviation as never, description: name });
  }
  throw refused(name, shown(abbreviation));
}

type Range = readonly [min: number, max: number, step?: number];

function isRange(value: object): value is Range {
  return (
    Array.isArray(value) &&
    (value.length === 2 || value.length === 3) &&
    value.every((one) => typeof one === 'number')
  );
}

/** From the value's negative to three times it, as ipywidgets has it. */
function around(value: number): Range {
  if (value === 0) return [0, 1];
  return value > 0 ? [-value, 3 * value] : [3 * value, -value];
}

function slider(name: string, range: Range, value?: number): IntSlider | FloatSlider {
  const [min, max, step] = range;
  if (min > max || (step !== undefined && !(step > 0)))
    throw new HalfnoteError(
      'invalid-argument',
      `interact: ${name} is ${shown(range)}. Allowed: [min, max] or [min, max, step], a min up to max and a step above 0.`,
    );
  const isWhole = range.every((one) => Number.isInteger(one));
  const middle = min + (max - min) / 2;
  const start = value ?? onStep(isWhole ? Math.floor(middle) : middle, min, step);
  const options = { min, max, value: start, description: name };
  const all = step === undefined ? options : { ...options, step };
  return isWhole ? new IntSlider(all) : new FloatSlider(all);
}

function onStep(value: number, min: number, step: number | undefined): number {
  return step === undefined ? value : min + Math.trunc((value - min) / step) * step;
}

function hasValue(widget: AnyWidget): widget is AnyWidget & ValueWidget<unknown> {
  return 'value' in widget && 'onChange' in widget && typeof widget.onChange === 'function';
}

/** A widget without words of its own gets the argument's name. */
function named<W extends AnyWidget & ValueWidget<unknown>>(name: string, widget: W): W {
  if ('description' in widget && widget.description === '') widget.description = name;
  return widget;
}

function refused(name: string, what: string): HalfnoteError {
  return new HalfnoteError(
    'invalid-argument',
    `interact: ${name} is ${what}. Allowed: [min, max], [min, max, step], a number, a boolean, text, a list or object of options, a widget with a value.`,
    `For a value that has no control: { ${name}: fixed(value) }.`,
  );
}
