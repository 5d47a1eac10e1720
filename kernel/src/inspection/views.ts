import { HalfnoteError } from '../errors';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../host';
import { bitsExplanationBundle } from './bits-explanation';
import { explanationBundle } from './explanation';
import { valueInspectorBundle, valuesInspectorBundle } from './value-inspector';
import type {
  Explained,
  ExplainedBits,
  ValueInspection,
  ValuesInspection,
} from '../formats/results';
import { isTensor } from '../display/tensor-like';
import { explainSteps } from '../formats/explain';
import { bitsSteps } from '../formats/explain-bits';
import type { FormatOrName } from '../formats/format';
import { inspectNumber, inspectNumbers, type InspectOptions } from '../formats/inspect';
import type { RoundOptions } from '../formats/round';

/** Data with the picture that a notebook shows of it. */
export class NumberView<T> implements Displayable {
  constructor(
    /** What the picture is drawn from. */
    readonly payload: T,
    private readonly bundle: MimeBundle,
  ) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    return this.bundle;
  }

  toString(): string {
    return String(this.bundle['text/plain']);
  }
}

/**
 * A number's way to binary and into a format, with the working: `explain(13)`,
 * `explain(0.1, 'e4m3')`. The steps are its `payload`.
 * @throws HalfnoteError `not-a-number`, `unknown-format`, `unknown-rounding`.
 */
export function explain(
  value: number,
  format?: FormatOrName,
  options: RoundOptions = {},
): NumberView<Explained> {
  const explained = explainSteps(value, format, options);
  return new NumberView(explained, explanationBundle(explained));
}

/**
 * The way back: binary digits as a decimal number, with the working. `explainBits('1101.101')` adds
 * powers of two; `explainBits('0011101001100110', 'fp16')` and `explainBits(0x3a66, 'fp16')` read a
 * format's code. The steps are its `payload`.
 * @throws HalfnoteError `not-binary`, `invalid-code`, `unknown-format`.
 */
export function explainBits(
  bits: string | number,
  format?: FormatOrName,
): NumberView<ExplainedBits> {
  const explained = bitsSteps(bits, format);
  return new NumberView(explained, bitsExplanationBundle(explained));
}

/**
 * A number in the formats that models are made of, or in those of `formats`: its bits, code, value,
 * error and what became of it. Of an array or a tensor, the error of all its values per format;
 * integers and block formats have the scales there that quantization would give them.
 * @throws HalfnoteError `not-a-number`, `empty`, `unknown-format`, `unknown-rounding`.
 */
export function inspectValue(value: number, options?: InspectOptions): NumberView<ValueInspection>;
export function inspectValue(
  value: ArrayLike<number> | TensorValues,
  options?: InspectOptions,
): NumberView<ValuesInspection>;
// What a magic passes on is known when it runs only.
export function inspectValue(
  value: number | ArrayLike<number> | TensorValues,
  options?: InspectOptions,
): NumberView<ValueInspection> | NumberView<ValuesInspection>;
export function inspectValue(
  value: number | ArrayLike<number> | TensorValues,
  options: InspectOptions = {},
): NumberView<ValueInspection> | NumberView<ValuesInspection> {
  if (typeof value === 'number') {
    const inspection = inspectNumber(value, options);
    return new NumberView(inspection, valueInspectorBundle(inspection));
  }
  const inspection = inspectNumbers(numbersOf(value), options);
  return new NumberView(inspection, valuesInspectorBundle(inspection));
}

/** What is asked of a tensor. */
export interface TensorValues {
  dataSync(): ArrayLike<number>;
}

function numbersOf(value: unknown): ArrayLike<number> {
  if (isTensor(value)) return (value as unknown as TensorValues).dataSync();
  const list: unknown = ArrayBuffer.isView(value)
    ? value
    : Array.isArray(value)
      ? value.flat(Infinity)
      : undefined;
  if (
    list !== undefined &&
    Array.from(list as ArrayLike<unknown>).every((x) => typeof x === 'number')
  ) {
    return list as ArrayLike<number>;
  }
  throw new HalfnoteError(
    'not-a-number',
    `inspectValue() takes a number, an array of numbers or a tensor, not ${typeof value === 'string' ? `the text "${value}"` : Array.isArray(value) ? `an array with ${kindOf(list)}` : typeof value}.`,
  );
}

/** What an array holds besides numbers. */
function kindOf(list: unknown): string {
  const other: unknown = (list as readonly unknown[]).find((x) => typeof x !== 'number');
  return typeof other === 'string' ? `the text "${other}"` : `a value of type ${typeof other}`;
}
