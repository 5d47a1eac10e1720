import { fromTable, HalfnoteError } from '../errors';
import { decodeArray, encodeArray } from './arrays';
import type { CodeArray } from './codes';
import { decode, encode } from './codec';
import { exponentOf } from './exponent-of';
import { limits } from './limits';
import { FORMATS, type FormatId } from './table';

/**
 * Block formats: elements in a narrow format that share a scale. The MX formats follow the OCP
 * Microscaling Formats specification v1.0 (sections 5 and 6.3): 32 elements, an E8M0 scale of
 * 2^(floor(log2(absmax)) - emax), elements rounded to nearest even and saturated. NF4 follows QLoRA:
 * 64 elements, divided by their largest absolute value, kept as float32.
 */
export interface BlockFormat {
  readonly id: string;
  readonly label: string;
  readonly element: FormatId;
  /** Elements that share a scale. */
  readonly size: number;
  readonly scale: 'e8m0' | 'fp32';
  /** Elements count in units of `2 ** -fraction`: MXINT8 is fixed point with six fraction bits. */
  readonly fraction: number;
}

const mx = (id: string, label: string, element: FormatId, fraction = 0): BlockFormat => ({
  id,
  label,
  element,
  size: 32,
  scale: 'e8m0',
  fraction,
});

export const BLOCK_FORMATS = {
  mxfp8_e4m3: mx('mxfp8_e4m3', 'MXFP8 E4M3', 'e4m3'),
  mxfp8_e5m2: mx('mxfp8_e5m2', 'MXFP8 E5M2', 'e5m2'),
  mxfp6_e3m2: mx('mxfp6_e3m2', 'MXFP6 E3M2', 'e3m2'),
  mxfp6_e2m3: mx('mxfp6_e2m3', 'MXFP6 E2M3', 'e2m3'),
  mxfp4: mx('mxfp4', 'MXFP4 E2M1', 'e2m1'),
  mxint8: mx('mxint8', 'MXINT8', 'int8', 6),
  nf4: { id: 'nf4', label: 'NF4', element: 'nf4', size: 64, scale: 'fp32', fraction: 0 },
} as const satisfies Readonly<Record<string, BlockFormat>>;

export type BlockFormatId = keyof typeof BLOCK_FORMATS;

/** Numbers in a block format. The last block may be shorter. */
export interface Blocks {
  readonly format: BlockFormat;
  /** One code a number, of the element format. */
  readonly codes: CodeArray;
  /** One a block: E8M0 codes, or float32 numbers. */
  readonly scales: Uint8Array | Float32Array;
  /** Bits that a number takes, its part of the scale included. */
  readonly bitsPerValue: number;
}

/**
 * Encodes numbers, taken in order, block by block. A block with NaN or infinity has the scale NaN
 * (the specification leaves it open), and one of zeros the smallest scale.
 * @throws HalfnoteError `unknown-block-format`; `not-finite` for NF4, whose scale has to be a number.
 */
export function encodeBlocks(name: BlockFormatId, values: Float32Array): Blocks {
  const format: BlockFormat = fromTable(BLOCK_FORMATS, name, 'block format');
  const element = FORMATS[format.element];
  const count = Math.ceil(values.length / format.size);
  const scales = format.scale === 'e8m0' ? new Uint8Array(count) : new Float32Array(count);
  const scaled = new Float32Array(values.length);
  for (let block = 0; block < count; block++) {
    const start = block * format.size;
    const end = Math.min(start + format.size, values.length);
    const absmax = largest(values, start, end);
    const unit = blockUnit(format, absmax);
    if (format.scale === 'fp32' && !Number.isFinite(absmax)) throw notFinite(format, block);
    scales[block] = format.scale === 'e8m0' ? encode('e8m0', unit * 2 ** format.fraction) : unit;
    for (let i = start; i < end; i++) scaled[i] = unit === 0 ? 0 : (values[i] ?? 0) / unit;
  }
  // The specification lets -128 out, so that every number has its negative.
  if (element.kind === 'integer') clampSymmetric(scaled, limits(element).max);
  return {
    format,
    codes: encodeArray(element, scaled, { saturate: true }),
    scales,
    bitsPerValue: element.bits + (format.scale === 'e8m0' ? 8 : 32) / format.size,
  };
}

/** The numbers that the codes stand for, as float32. */
export function decodeBlocks({ format, codes, scales }: Blocks): Float32Array<ArrayBuffer> {
  const values = decodeArray(format.element, codes);
  for (let block = 0; block < scales.length; block++) {
    const stored = scales[block] ?? 0;
    const scale = format.scale === 'e8m0' ? decode('e8m0', stored) : stored;
    const unit = scale * 2 ** -format.fraction;
    const end = Math.min((block + 1) * format.size, values.length);
    for (let i = block * format.size; i < end; i++) values[i] = (values[i] ?? 0) * unit;
  }
  return values;
}

/** What an element of 1 stands for in a block whose largest absolute value is `absmax`. */
export function blockUnit(format: BlockFormat, absmax: number): number {
  const scale = format.scale === 'e8m0' ? sharedScale(format, absmax) : absmax;
  return scale * 2 ** -format.fraction;
}

/** NaN where any is NaN. */
function largest(values: Float32Array, start: number, end: number): number {
  let absmax = 0;
  for (let i = start; i < end; i++) absmax = Math.max(absmax, Math.abs(values[i] ?? 0));
  return absmax;
}

function sharedScale(format: BlockFormat, absmax: number): number {
  const { max, min } = limits('e8m0');
  if (!Number.isFinite(absmax)) return NaN;
  if (absmax === 0) return min;
  const elementExponent = limits(format.element).maxExponent - format.fraction;
  return Math.min(max, Math.max(min, 2 ** (exponentOf(absmax) - elementExponent)));
}

function clampSymmetric(values: Float32Array, max: number): void {
  for (let i = 0; i < values.length; i++) {
    const x = values[i] ?? 0;
    if (x < -max) values[i] = -max;
  }
}

function notFinite({ label }: BlockFormat, block: number): HalfnoteError {
  return new HalfnoteError(
    'not-finite',
    `Block ${block} has a NaN or an infinity, which ${label} cannot hold; allowed are finite numbers.`,
  );
}
