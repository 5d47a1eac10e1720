import { beforeAll } from 'vitest';
import { ensureBackend } from '../start';
import { weightRange } from '../integer/choose';
import type {
  LinearOp,
  PoolOp,
  QuantizedGraph,
  QuantizedNode,
  WeightCodes,
} from '../graph/quantized-graph';
import type { AffineParams } from '../integer/affine';

/** Codes with their shape, as the reference computes them: whole numbers in float64. */
export interface Grid {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Loads the backend before a file's tests; `max` is then the largest weight of its integer products. */
export function weightLimit(): { readonly max: number } {
  const limit = { max: 63 };
  beforeAll(async () => {
    limit.max = weightRange(await ensureBackend()).max;
  });
  return limit;
}

/** Numbers in [0, 1) that are the same in each run. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export function randomCodes(shape: readonly number[], random: () => number): Grid {
  return { shape, values: Array.from({ length: size(shape) }, () => Math.floor(256 * random())) };
}

/** int8 weights in [-top, top] with a scale for each channel. */
export function randomWeights(
  depth: number,
  channels: number,
  top: number,
  random: () => number,
): WeightCodes {
  return {
    format: 'int8',
    codes: Int8Array.from({ length: depth * channels }, () => Math.round((2 * random() - 1) * top)),
    depth,
    channels,
    scales: Float32Array.from({ length: channels }, () => 0.002 + 0.004 * random()),
    groupSize: depth,
  };
}

/** The exact sums of a product, in 64-bit integers, and its real results in float64. */
export function exactLinear(op: LinearOp, input: AffineParams, x: Grid): Grid & { sums: bigint[] } {
  const { geometry, weights, bias } = op;
  const sums: bigint[] = [];
  const { codes, channels } = weights;
  let shape: number[];
  if (geometry.kind === 'dense') {
    shape = [...x.shape.slice(0, -1), geometry.units];
    const rows = size(x.shape) / geometry.inputs;
    for (let r = 0; r < rows; r++)
      for (let o = 0; o < channels; o++) {
        let sum = 0n;
        for (let i = 0; i < geometry.inputs; i++) {
          const q = (x.values[r * geometry.inputs + i] ?? NaN) - input.zeroPoint;
          sum += BigInt(q * (codes[i * channels + o] ?? NaN));
        }
        sums.push(sum);
      }
  } else {
    const [kh, kw, inputs, last] = geometry.kernel;
    const [batch = 0, height = 0, width = 0] = x.shape;
    const [sy, sx] = geometry.strides;
    const same = geometry.padding === 'same';
    const oh = same ? Math.ceil(height / sy) : Math.floor((height - kh) / sy) + 1;
    const ow = same ? Math.ceil(width / sx) : Math.floor((width - kw) / sx) + 1;
    const top = same ? Math.max(0, (oh - 1) * sy + kh - height) >> 1 : 0;
    const left = same ? Math.max(0, (ow - 1) * sx + kw - width) >> 1 : 0;
    shape = [batch, oh, ow, channels];
    for (let n = 0; n < batch; n++)
      for (let y = 0; y < oh; y++)
        for (let z = 0; z < ow; z++)
          for (let o = 0; o < channels; o++) {
            let sum = 0n;
            for (let i = 0; i < kh; i++)
              for (let j = 0; j < kw; j++)
                for (let c = 0; c < inputs; c++) {
                  const depthwise = geometry.kind === 'depthwise';
                  if (depthwise && c !== Math.floor(o / last)) continue;
                  const row = y * sy + i - top;
                  const column = z * sx + j - left;
                  if (row < 0 || column < 0 || row >= height || column >= width) continue;
                  const q = x.values[((n * height + row) * width + column) * inputs + c] ?? NaN;
                  const at = ((i * kw + j) * inputs + c) * last + (depthwise ? o % last : o);
                  sum += BigInt((q - input.zeroPoint) * (codes[at] ?? NaN));
                }
            sums.push(sum);
          }
  }
  const values = sums.map((sum, i) => {
    const c = i % channels;
    const y = Number(sum) * input.scale * (weights.scales[c] ?? NaN) + (bias[c] ?? NaN);
    if (op.activation === 'linear') return y;
    return Math.min(Math.max(y, 0), op.activation === 'relu6' ? 6 : Infinity);
  });
  return { shape, values, sums };
}

/** Max or mean over windows, in float64. */
export function exactPool({ kind, window }: PoolOp, x: Grid): Grid {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const whole = window === 'global';
  const [kh, kw] = whole ? [height, width] : window.size;
  const [sy, sx] = whole ? [1, 1] : window.strides;
  const same = !whole && window.padding === 'same';
  const oh = same ? Math.ceil(height / sy) : Math.floor((height - kh) / sy) + 1;
  const ow = same ? Math.ceil(width / sx) : Math.floor((width - kw) / sx) + 1;
  const top = same ? Math.max(0, (oh - 1) * sy + kh - height) >> 1 : 0;
  const left = same ? Math.max(0, (ow - 1) * sx + kw - width) >> 1 : 0;
  const values: number[] = [];
  for (let n = 0; n < batch; n++)
    for (let y = 0; y < oh; y++)
      for (let z = 0; z < ow; z++)
        for (let c = 0; c < channels; c++) {
          const seen: number[] = [];
          for (let row = y * sy - top; row < y * sy - top + kh; row++)
            for (let column = z * sx - left; column < z * sx - left + kw; column++) {
              if (row < 0 || column < 0 || row >= height || column >= width) continue;
              seen.push(x.values[((n * height + row) * width + column) * channels + c] ?? NaN);
            }
          values.push(
            kind === 'max-pool' ? Math.max(...seen) : seen.reduce((a, b) => a + b) / seen.length,
          );
        }
  return { shape: whole ? [batch, channels] : [batch, oh, ow, channels], values };
}

/** Half to even, in float64. */
export function toCodes(values: readonly number[], { scale, zeroPoint }: AffineParams): number[] {
  return values.map((y) => {
    const x = y / scale;
    const near = Math.round(x);
    const even = Math.abs(x % 1) === 0.5 && near % 2 !== 0 ? near - 1 : near;
    return Math.min(255, Math.max(0, even + zeroPoint));
  });
}

export function toReal(codes: readonly number[], { scale, zeroPoint }: AffineParams): number[] {
  return codes.map((q) => (q - zeroPoint) * scale);
}

/** A graph of nodes in a row, each value with a range unless it is undefined. */
export function chain(
  input: { readonly shape: readonly number[]; readonly params: AffineParams | undefined },
  steps: readonly {
    readonly op: QuantizedNode['op'];
    readonly shape: readonly number[];
    readonly params: AffineParams | undefined;
  }[],
): QuantizedGraph {
  const ids = ['x', ...steps.map((_, i) => `n${i}`)];
  const all = [input, ...steps];
  const values = new Map(
    all.map(({ shape }, i) => {
      const id = ids[i] ?? '';
      return [id, { id, shape: [null, ...shape.slice(1)], dtype: 'float32' }];
    }),
  );
  return {
    name: 'chain',
    inputs: [{ id: 'x', shape: [null, ...input.shape.slice(1)], dtype: 'float32' }],
    outputs: [ids[steps.length] ?? ''],
    nodes: steps.map(({ op }, i) => ({
      id: `n${i}`,
      kind: op.kind,
      inputs: [ids[i] ?? ''],
      output: `n${i}`,
      op,
      fused: [`n${i}`],
    })),
    values,
    activations: new Map(
      all.flatMap(({ params }, i): [string, AffineParams][] =>
        params === undefined ? [] : [[ids[i] ?? '', params]],
      ),
    ),
  };
}
