/** Values of inputs and weights, with the edges of formats among them. */
import { Random, seedOf } from './random.mjs';

/** The largest numbers of fp8, fp16 and bf16, and the smallest of fp16, bf16 and fp32. */
const EDGES = [
  0,
  -0,
  448,
  -57344,
  65504,
  -65504,
  2 ** -14,
  2 ** -24,
  -(2 ** -25),
  1e-30,
  1e-40,
  1,
  -1,
  2049,
  0.5,
];

const filled = (make) => (count, random) => Array.from({ length: count }, () => make(random));

const STYLES = {
  normal: filled((r) => r.normal()),
  zeros: filled(() => 0),
  'negative zeros': filled(() => -0),
  ones: filled(() => 1),
  equal: (count, random) => new Array(count).fill(random.normal()),
  halves: filled((r) => r.int(-4, 4) / 2),
  tiny: filled((r) => r.normal() * 1e-6),
  subnormal: filled((r) => r.normal() * 1e-40),
  'fp16 subnormal': filled((r) => r.normal() * 2 ** -20),
  large: filled((r) => r.normal() * 300),
  'near fp16': filled((r) => (2 * r.next() - 1) * 65504),
  wide: filled((r) => r.normal() * 10 ** r.int(-6, 2)),
  offset: filled((r) => 1000 + r.normal()),
  edge: (count, random) => {
    const values = STYLES.normal(count, random);
    for (let n = random.int(1, 3); n > 0; n--)
      values[random.int(0, count - 1)] = random.pick(EDGES);
    return values;
  },
  'equal columns': (count, random, width) => {
    const row = STYLES.normal(width, random);
    return Array.from({ length: count }, (_, i) => row[i % width]);
  },
  'a zero column': (count, random, width) =>
    STYLES.normal(count, random).map((value, i) => (i % width === 0 ? 0 : value)),
  'a large column': (count, random, width) =>
    STYLES.normal(count, random).map((value, i) => (i % width === 0 ? value * 1000 : value)),
  'a tiny column': (count, random, width) =>
    STYLES.normal(count, random).map((value, i) => (i % width === 0 ? value * 1e-7 : value)),
};

export const INPUT_STYLES = Object.keys(STYLES);
export const WEIGHT_STYLES = INPUT_STYLES.filter((style) => style !== 'near fp16');

/** The values of a model's inputs: what a shrunk model says itself, else from its seed. */
export function inputValues(spec) {
  return spec.inputs.map(({ id, shape, tokens, style, values }) => {
    const count = spec.rows * shape.reduce((a, b) => a * b, 1);
    if (values !== undefined) return Float32Array.from(values);
    const random = new Random(seedOf(spec.seed, id));
    if (tokens !== undefined)
      return Float32Array.from({ length: count }, () => random.int(0, tokens - 1));
    return Float32Array.from(STYLES[style](count, random, shape.at(-1)));
  });
}

/** The values of one weight of a layer. */
export function weightValues(seed, layer, index, { name, shape, style }) {
  const count = shape.reduce((a, b) => a * b, 1);
  const random = new Random(seedOf(seed, `${layer}/${index}`));
  const width = shape.at(-1) ?? 1;
  if (/moving_variance/.test(name))
    return Float32Array.from({ length: count }, () => variance(random, style));
  const fan = Math.max(1, count / width);
  const isVector = shape.length < 2;
  const scale = isVector ? 0.5 : 1 / Math.sqrt(fan);
  const center = /gamma/.test(name) ? 1 : 0;
  const values = STYLES[style](count, random, width);
  return Float32Array.from(values, (value) =>
    style === 'normal' ? center + scale * value : value * (isVector ? 1 : scale),
  );
}

function variance(random, style) {
  if (style === 'normal') return 0.5 + random.next();
  return random.pick([0, 1e-12, 1e-8, 1e-3, 1, 1e4]);
}
