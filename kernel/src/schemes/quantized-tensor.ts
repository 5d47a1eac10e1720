import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../host';
import { type Fallback, notes, stacked, staticBundle, table } from '../display/fallback';
import type { Column } from '../display/table';
import { significant } from '../display/units';
import { USES } from '../formats/uses';
import { usualFloatRule } from './float-scale';
import { blockNamed, floatNamed } from './format-names';
import type { QuantizationGranularity } from './granularity';
import type { FittedScheme, QuantizationScheme } from './scheme';

/** One element's arithmetic. */
export interface WorkingRow {
  readonly x: number;
  readonly group: number;
  /** `x / scale`; log2|x| in a logarithmic scheme. */
  readonly scaled: number;
  readonly rounded: number;
  /** The code: rounded, with the zero point added, clamped. */
  readonly q: number;
  readonly dequantized: number;
  readonly error: number;
}

interface Parts {
  readonly scheme: QuantizationScheme;
  readonly shape: readonly number[];
  readonly granularity: QuantizationGranularity;
  readonly inputs: Float32Array;
  readonly groupOf: (index: number) => number;
  readonly fitted: readonly FittedScheme[];
  readonly notes: readonly string[];
}

/** Rows of the working that are shown. */
const SHOWN = 32;

/** A tensor's codes, what they were made with, and the arithmetic of each element. */
export class QuantizedTensor implements Displayable {
  /**
   * Row-major. Binary and ternary codes are -1, 0, 1; a codebook's are places in it; those of floats and
   * blocks are the bits of a number, without a sign.
   */
  readonly codes: Int16Array | Int32Array;

  constructor(private readonly parts: Parts) {
    const { inputs } = parts;
    const codes = Int32Array.from(inputs, (x, i) => this.#fittedOf(i).encode(x).code);
    this.codes = hasBits(parts.scheme) ? codes : Int16Array.from(codes);
  }

  get shape(): readonly number[] {
    return this.parts.shape;
  }
  get scheme(): QuantizationScheme {
    return this.parts.scheme;
  }
  get granularity(): QuantizationGranularity {
    return this.parts.granularity;
  }
  /** What needs to be known of the result. */
  get notes(): readonly string[] {
    return this.parts.notes;
  }
  /** Scale, zero point and the like, one a group, in row-major order of groups. */
  get parameters(): readonly Readonly<Record<string, number>>[] {
    return this.parts.fitted.map(({ parameters }) => parameters);
  }

  /** The numbers that the codes stand for. */
  dequantize(): Float32Array<ArrayBuffer> {
    return Float32Array.from(this.codes, (code, i) => this.#fittedOf(i).decode(code));
  }

  /** The arithmetic, element by element. */
  get working(): readonly WorkingRow[] {
    return Array.from(this.codes, (q, i) => {
      const x = this.parts.inputs[i] ?? NaN;
      const { scaled, rounded } = this.#fittedOf(i).encode(x);
      const dequantized = Math.fround(this.#fittedOf(i).decode(q));
      return {
        x,
        group: this.parts.groupOf(i),
        scaled,
        rounded,
        q,
        dequantized,
        error: dequantized - x,
      };
    });
  }

  #fittedOf(index: number): FittedScheme {
    const fitted = this.parts.fitted[this.parts.groupOf(index)];
    if (fitted === undefined) throw new RangeError(`element ${index} is in no group`);
    return fitted;
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return staticBundle(this.#view());
  }

  toString(): string {
    return this.#view().text;
  }

  #view(): Fallback {
    const { parts } = this;
    const log = parts.scheme.kind === 'logarithmic';
    const headers = ['x', log ? 'log2|x|' : 'x/scale', 'rounded', 'q', 'dequantized', 'error'];
    const many = parts.fitted.length > 1;
    const rows = this.working
      .slice(0, SHOWN)
      .map((row) => [
        ...(many ? [String(row.group)] : []),
        ...[row.x, row.scaled].map((x) => significant(x, 5)),
        Number.isInteger(row.rounded) ? String(row.rounded) : significant(row.rounded, 5),
        hasBits(parts.scheme) ? hex(row.q) : String(row.q),
        significant(row.dequantized, 5),
        significant(row.error),
      ]);
    const all = this.codes.length;
    const columns = [...(many ? ['Group'] : []), ...headers].map((header): Column => ({
      header,
      align: 'right',
    }));
    const shared = isCast(parts.scheme) ? 'no scale' : granularityText(parts.granularity);
    const caption = `${schemeText(parts.scheme)}, ${shared}`;
    const parameterLines = parts.fitted.slice(0, SHOWN).map(({ parameters }, i) => {
      const list = Object.entries(parameters).map(
        ([name, x]) => `${name} ${Number.isInteger(x) ? String(x) : significant(x, 7)}`,
      );
      return `${many ? `group ${i}: ` : ''}${list.join(', ')}`;
    });
    return stacked(
      table(columns, rows, { caption }),
      notes([
        ...parameterLines,
        ...(all > SHOWN ? [`The first ${SHOWN} of ${all.toLocaleString('en')} elements.`] : []),
        ...parts.notes,
      ]),
    );
  }
}

function schemeText(scheme: QuantizationScheme): string {
  const bits = 'bits' in scheme ? `, ${scheme.bits} bits` : '';
  if (scheme.kind === 'float') {
    const format = floatNamed(scheme.format);
    return isCast(scheme) ? `${format}, cast` : `${format}, by ${scheme.rule ?? 'absmax'}`;
  }
  if (scheme.kind === 'block') return blockNamed(scheme.format);
  if (scheme.kind !== 'affine') return `${scheme.kind}${bits}`;
  const kind = scheme.symmetric ? `symmetric by ${scheme.rule ?? 'absmax/127'}` : 'asymmetric';
  return `affine, ${kind}${bits}`;
}

/** Whether floats are rounded as they are. */
function isCast(scheme: QuantizationScheme): boolean {
  if (scheme.kind !== 'float') return false;
  const { codes } = USES[floatNamed(scheme.format)].weights;
  return (scheme.rule ?? usualFloatRule(codes)) === 'none';
}

/** Whether codes are bits rather than numbers. */
function hasBits({ kind }: QuantizationScheme): boolean {
  return kind === 'float' || kind === 'block';
}

function hex(code: number): string {
  return `0x${code.toString(16).padStart(2, '0')}`;
}

function granularityText(granularity: QuantizationGranularity): string {
  switch (granularity.kind) {
    case 'tensor':
      return 'one scale for the tensor';
    case 'axis':
      return `one scale per index of axis ${granularity.axis}`;
    case 'group':
      return `one scale per ${granularity.size} along axis ${granularity.axis}`;
  }
}
