import type { LinearSpec } from './product';
import { outputChannels, weightShape } from './product';

/** The largest 32-bit sum must hold uint8 activations times a channel's weights. */
const INT32_MAX = 2 ** 31 - 1;

/** Why 32-bit sums could overflow with these weights, or undefined. */
export function overflowReason({ weights }: LinearSpec): string | undefined {
  return 255 * weights.largestAbsSum > INT32_MAX
    ? `sums over ${weights.depth} products may exceed 32 bits`
    : undefined;
}

/** Up to here float32 holds every integer; oneDNN hands its 32-bit sums on through float32. */
const FLOAT32_EXACT = 2 ** 24;

/** What the product's sums are, for the report. */
export function exactness({ weights }: LinearSpec): string {
  return 255 * weights.largestAbsSum <= FLOAT32_EXACT
    ? 'exact 32-bit sums'
    : '32-bit sums, exact to 2^24 and rounded to float32 above';
}

/** A product that gives its bare sums out: images come without padding. */
export interface SummingProduct {
  readonly spec: LinearSpec;
  integerSums(codes: Uint8Array, shape: readonly number[]): Int32Array;
}

/**
 * Runs the layer's own weights on three inputs and compares with sums made in float64: all 255,
 * and 255 only where the first channel's weights are positive or negative, which is where 16-bit
 * sums saturate. Returns what is wrong, or undefined when all sums are exact, or above 2^24 the
 * nearest float32.
 */
export function selfCheck(product: SummingProduct): string | undefined {
  const { geometry, weights } = product.spec;
  const shape = weightShape(geometry);
  const inputShape = geometry.kind === 'dense' ? [1, geometry.inputs] : [1, ...shape.slice(0, 3)];
  const size = inputShape.reduce((a, b) => a * b, 1);
  const channels = outputChannels(geometry);
  const probes: readonly ((sign: number) => boolean)[] = [
    () => true,
    (sign) => sign > 0,
    (sign) => sign < 0,
  ];
  for (const chosen of probes) {
    const input = Uint8Array.from({ length: size }, (_, i) => {
      const first = geometry.kind === 'depthwise' ? i * geometry.kernel[3] : i * channels;
      return chosen(Math.sign(weights.codes[first] ?? 0)) ? 255 : 0;
    });
    const sums = product.integerSums(input, inputShape);
    const expected = referenceSums(product.spec, input);
    const wrong = expected.findIndex((value, channel) => {
      const sum = sums[channel];
      return sum !== value && sum !== Math.fround(value);
    });
    if (wrong >= 0 || sums.length !== channels) {
      return `the kernel's sum is ${sums[wrong] ?? NaN} where ${expected[wrong] ?? NaN} is right`;
    }
  }
  return undefined;
}

/** One output position: every channel's sum over the whole kernel window, exact in float64. */
function referenceSums({ geometry, weights }: LinearSpec, input: Uint8Array): Float64Array {
  const { codes, channels } = weights;
  const sums = new Float64Array(channels);
  const multiplier = geometry.kind === 'depthwise' ? geometry.kernel[3] : 0;
  for (let i = 0; i < codes.length; i++) {
    const channel = i % channels;
    const source = multiplier > 0 ? Math.floor(i / multiplier) : Math.floor(i / channels);
    sums[channel] = (sums[channel] ?? 0) + (input[source] ?? 0) * (codes[i] ?? 0);
  }
  return sums;
}
