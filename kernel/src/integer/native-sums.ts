import type { DeviceFacts } from '../backend/contract';
import { notNative } from './choose';
import { NativeProduct } from './native-product';
import { selfCheck } from './self-check';
import type { QuantizedWeights } from './weights';
import type { IntegerGeometry, IntegerOperands } from './exact-product';

/** oneDNN hands its 32-bit sums on through float32, which has every integer up to here. */
const EXACT = 2 ** 24;

/** Sums by the machine's integer kernel, or why there are none that are exact. */
export type NativeSums =
  { readonly sums: Float64Array; readonly kernel: string } | { readonly reason: string };

/** The largest weight of which two products with a uint8 fit a 16-bit sum: 2 * 255 * 64 < 2^15. */
const HALF = 64;

/**
 * The kernel multiplies uint8 by int8. Other signedness is a matter of adding 128 to the integers
 * and to what stands for zero; zero points come out of the sums afterwards:
 * `sum (a - z)(b - w) = sum ab - z sum b - w (sum a - n z)`, with `sum a` from one more channel of
 * ones. Where the kernel adds in 16 bits, each weight is the sum of two, of 7 bits.
 */
export function nativeSums(
  { left, right }: IntegerOperands,
  geometry: IntegerGeometry,
  shape: readonly number[],
  facts: DeviceFacts,
): NativeSums {
  const missing = notNative(facts);
  if (missing !== undefined) return { reason: missing };
  const a = shifted(left.values, 0);
  const b = shifted(right.values, -128);
  const zeroA = left.zero + a.added;
  const channels = right.zeros.length;
  const depth = right.values.length / channels;
  const parts =
    facts.int8ReduceRange && b.values.some((x) => Math.abs(x) > HALF)
      ? halves(b.values)
      : [b.values];
  const weights = withOnes(parts, depth, channels);
  if (255 * weights.largestAbsSum > EXACT) {
    return { reason: `sums over ${depth} products may exceed 2^24, where the kernel rounds` };
  }
  const width = weights.channels;
  const product = new NativeProduct(
    { geometry: withChannels(geometry, width), weights, bias: new Float32Array(width) },
    { kind: 'dynamic' },
    '',
  );
  try {
    const wrong = selfCheck(product);
    if (wrong !== undefined) return { reason: wrong };
    const raw = product.integerSums(Uint8Array.from(a.values), shape);
    const sums = new Float64Array((raw.length / width) * channels);
    for (let i = 0; i < sums.length; i++) {
      const c = i % channels;
      const row = ((i - c) / channels) * width;
      const zeroB = (right.zeros[c] ?? 0) + b.added;
      const sumA = raw[row + width - 1] ?? NaN;
      let sum = -zeroB * (sumA - depth * zeroA);
      for (let part = c; part < width - 1; part += channels) {
        sum += (raw[row + part] ?? NaN) - zeroA * (weights.sums[part] ?? NaN);
      }
      sums[i] = sum;
    }
    return {
      sums,
      kernel: parts.length === 1 ? product.kernel : `${product.kernel}, weights in two parts`,
    };
  } finally {
    product.dispose();
  }
}

/** Integers brought into `[min, min + 255]` by adding 128 or taking it away, where they are not there. */
function shifted(
  values: Float32Array,
  min: number,
): { readonly values: Float32Array; readonly added: number } {
  if (values.every((x) => x >= min && x <= min + 255)) return { values, added: 0 };
  const added = min === 0 ? 128 : -128;
  return { values: values.map((x) => x + added), added };
}

/** Two integers each, of half the size, whose sum is the integer. */
function halves(values: Float32Array): Float32Array[] {
  return [values.map((x) => Math.floor(x / 2)), values.map((x) => Math.ceil(x / 2))];
}

/** The parts' channels one after another, and one of ones. */
function withOnes(
  parts: readonly Float32Array[],
  depth: number,
  channels: number,
): QuantizedWeights {
  const width = parts.length * channels + 1;
  const codes = new Int8Array(depth * width).fill(1);
  const sums = new Int32Array(width);
  const absSums = new Float64Array(width);
  for (let d = 0; d < depth; d++) {
    for (let c = 0; c < width; c++) {
      const part = parts[Math.floor(c / channels)];
      const code = c < width - 1 ? (part?.[d * channels + (c % channels)] ?? 0) : 1;
      codes[d * width + c] = code;
      sums[c] = (sums[c] ?? 0) + code;
      absSums[c] = (absSums[c] ?? 0) + Math.abs(code);
    }
  }
  return {
    codes,
    depth,
    channels: width,
    scales: new Float32Array(width).fill(1),
    sums,
    largestAbsSum: absSums.reduce((x, y) => Math.max(x, y), 0),
  };
}

function withChannels(geometry: IntegerGeometry, channels: number): IntegerGeometry {
  if (geometry.kind === 'dense') return { ...geometry, units: channels };
  const [height, width, inputs] = geometry.kernel;
  return { ...geometry, kernel: [height, width, inputs, channels] };
}
