import { type IntegerRange, roundHalfEven } from '../../../integer/affine';
import { type CodeScheme, encodeWeights } from '../../../graph/weight-codes';
import type { Hessian } from './hessian';
import { addTimes, inverseFactor, type Singular } from './inverse-factor';

export interface GptqOptions {
  /** Added to the Hessian's diagonal, as a share of the diagonal's mean. Default 0.01. */
  readonly percdamp?: number;
  /** Rows of weights after which errors are handed on to all others. Default 128. */
  readonly blockSize?: number;
  /**
   * The inputs with the largest diagonal of the Hessian first; false: in their order, as in the paper.
   * Default true. Groups stay where they are, so that it costs nothing when the model runs.
   */
  readonly actOrder?: boolean;
  /**
   * Beyond the paper: first moves the weights, by damped least squares, for what the rounded layers before
   * changed of the inputs (as Li et al., "GPTAQ", 2025, aim at). Only where there are at least 8 rows of
   * examples a weight of an output. Default true.
   */
  readonly compensateInputs?: boolean;
}

/** What is to be rounded: row-major `[depth, channels]`. */
export interface GptqMatrix {
  readonly kernel: Float32Array;
  readonly channels: number;
  readonly scheme: CodeScheme;
  /** Of its rounding to nearest, `[depth / groupSize, channels]`: where scales do not change. */
  readonly scales: Float32Array;
  /** The codes that the scheme has. */
  readonly range: IntegerRange;
  /** For messages. */
  readonly layer: string;
  /** `2/N Σ x rᵀ`, `[depth, channels]`, with the residuals r that the inputs make as they are. */
  readonly residuals?: Float64Array;
}

export interface GptqCodes {
  readonly codes: Int8Array;
  /** As in `WeightCodes`: `[depth / groupSize, channels]`. */
  readonly scales: Float32Array;
}

const PERCDAMP = 0.01;
const BLOCK_SIZE = 128;
const ACT_ORDER = true;

/**
 * GPTQ (Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained
 * Transformers", 2022, algorithm 1): rounds the weights of one input after the other, and moves those
 * of the inputs that are still to come so that they make up for the error, by the Cholesky factor of
 * the inverse Hessian. In blocks, after which the rest is updated at once.
 *
 * A group's scales are taken from its weights as they are when its first is rounded; with `actOrder`,
 * which comes to a group's weights in any order, from the weights as given.
 *
 * Unlike the published code, weights of inputs that were always 0 are rounded to nearest and not set to
 * 0: other inputs than the examples may reach them.
 *
 * @returns The pivot at which the damped Hessian was singular, where it was.
 */
export function gptq(
  matrix: GptqMatrix,
  { blocks, depth }: Hessian,
  options: GptqOptions = {},
): GptqCodes | Singular {
  const { kernel, channels } = matrix;
  const { actOrder = ACT_ORDER } = options;
  const groups = new Groups(matrix, depth, actOrder);
  const working = Float64Array.from(kernel);
  const codes = new Int8Array(kernel.length);
  const perBlock = channels / blocks.length;
  for (const [b, hessian] of blocks.entries()) {
    const ready = prepare(hessian, depth, options);
    if ('pivot' in ready) return ready;
    const columns = { from: b * perBlock, to: (b + 1) * perBlock };
    if (matrix.residuals !== undefined) {
      moveBy(working, matrix.residuals, channels, columns, ready);
    }
    roundRows({ working, codes, channels, groups, range: matrix.range }, columns, ready, options);
  }
  return { codes, scales: groups.scales };
}

/** The order of the rows, and the factor of the inverse in that order. */
interface Prepared {
  readonly order: Int32Array;
  readonly factor: Float64Array;
}

function prepare(
  hessian: Float64Array,
  depth: number,
  { percdamp = PERCDAMP, actOrder = ACT_ORDER }: GptqOptions,
): Prepared | Singular {
  const diagonal = Float64Array.from({ length: depth }, (_, i) => hessian[i * depth + i] ?? 0);
  const dead = diagonal.map((x) => (x === 0 ? 1 : 0));
  const order = Int32Array.from({ length: depth }, (_, i) => i);
  const alive = diagonal.map((x, i) => x + (dead[i] ?? 0));
  if (actOrder) order.sort((a, b) => (alive[b] ?? 0) - (alive[a] ?? 0) || a - b);
  const damp = (percdamp * alive.reduce((sum, x) => sum + x, 0)) / depth;
  const damped = new Float64Array(depth * depth);
  order.forEach((i, row) => {
    order.forEach((j, column) => {
      damped[row * depth + column] = hessian[i * depth + j] ?? 0;
    });
    damped[row * depth + row] = (alive[i] ?? 0) + damp;
  });
  const factor = inverseFactor(damped, depth);
  return 'pivot' in factor ? { pivot: order[factor.pivot] ?? 0 } : { order, factor };
}

/** Adds `H⁻¹ R` to the weights, which is `Uᵀ (U R)`. */
function moveBy(
  working: Float64Array,
  residuals: Float64Array,
  channels: number,
  { from, to }: Columns,
  { order, factor }: Prepared,
): void {
  const depth = order.length;
  const width = to - from;
  const at = (row: number): number => (order[row] ?? 0) * channels + from;
  const half = new Float64Array(depth * width);
  for (let row = 0; row < depth; row++) {
    for (let k = row; k < depth; k++) {
      addTimes(half, residuals, factor[row * depth + k] ?? 0, row * width, at(k), width);
    }
  }
  for (let row = 0; row < depth; row++) {
    for (let k = 0; k <= row; k++) {
      addTimes(working, half, factor[k * depth + row] ?? 0, at(row), k * width, width);
    }
  }
}

interface Rounding {
  readonly working: Float64Array;
  readonly codes: Int8Array;
  readonly channels: number;
  readonly groups: Groups;
  readonly range: IntegerRange;
}

/** Output channels `from` up to `to`. */
interface Columns {
  readonly from: number;
  readonly to: number;
}

function roundRows(
  { working, codes, channels, groups, range }: Rounding,
  { from, to }: Columns,
  { order, factor }: Prepared,
  { blockSize = BLOCK_SIZE }: GptqOptions,
): void {
  const depth = order.length;
  const width = to - from;
  const at = (row: number): number => (order[row] ?? 0) * channels + from;
  for (let start = 0, end = 0; start < depth; start = end) {
    end = groups.blockEnd(start, Math.min(start + blockSize, depth));
    const errors = new Float64Array((end - start) * width);
    for (let row = start; row < end; row++) {
      const first = at(row);
      const scales = groups.scalesOf(order[row] ?? 0, working, { from, to });
      const diagonal = factor[row * depth + row] ?? 1;
      const error = (row - start) * width;
      for (let c = 0; c < width; c++) {
        const w = working[first + c] ?? 0;
        const scale = scales[from + c] ?? 1;
        const code = Math.min(Math.max(roundHalfEven(w / scale), range.min), range.max);
        codes[first + c] = code;
        errors[error + c] = (w - code * scale) / diagonal;
      }
      for (let next = row + 1; next < end; next++) {
        addTimes(working, errors, -(factor[row * depth + next] ?? 0), at(next), error, width);
      }
    }
    for (let next = end; next < depth; next++) {
      for (let row = start; row < end; row++) {
        const by = -(factor[row * depth + next] ?? 0);
        addTimes(working, errors, by, at(next), (row - start) * width, width);
      }
    }
  }
}

/**
 * The scales of all groups: those of a group when its first row comes, or all at the start. Scales that
 * were shrunk before, as AWQ clips weights, are shrunk by as much when they are found anew.
 */
class Groups {
  readonly scales: Float32Array;
  readonly #size: number;
  readonly #known: Set<string> | undefined;
  /** The given scales over those of the scheme. */
  readonly #shrunk: Float64Array;

  constructor(
    private readonly matrix: GptqMatrix,
    depth: number,
    isFixed: boolean,
  ) {
    const { scales, scheme } = matrix;
    this.#size = typeof scheme.granularity === 'object' ? scheme.granularity.group : depth;
    this.scales = scales.slice();
    this.#known = isFixed || typeof scheme.granularity === 'string' ? undefined : new Set();
    const { kernel, channels, layer } = matrix;
    const plain =
      this.#known === undefined ? scales : encodeWeights(kernel, channels, scheme, layer).scales;
    this.#shrunk = Float64Array.from(scales, (scale, i) => scale / (plain[i] ?? scale));
  }

  /** Where a block that may last to `latest` ends, so that no group in it reads weights not yet updated. */
  blockEnd(start: number, latest: number): number {
    const boundary = Math.floor(latest / this.#size) * this.#size;
    return this.#known !== undefined && boundary > start ? boundary : latest;
  }

  /** One for each channel. */
  scalesOf(row: number, working: Float64Array, { from, to }: Columns): Float32Array {
    const { channels, scheme, layer } = this.matrix;
    const group = Math.floor(row / this.#size);
    const own = this.scales.subarray(group * channels, (group + 1) * channels);
    const key = `${group}, ${from}`;
    if (this.#known === undefined || this.#known.has(key)) return own;
    this.#known.add(key);
    const width = to - from;
    const current = Float32Array.from({ length: this.#size * width }, (_, i) => {
      const inGroup = Math.floor(i / width);
      return working[(group * this.#size + inGroup) * channels + from + (i % width)] ?? 0;
    });
    const perChannel = { ...scheme, granularity: 'per-channel' } as const;
    const found = encodeWeights(current, width, perChannel, layer).scales;
    const first = group * channels + from;
    own.set(
      found.map((scale, c) => scale * (this.#shrunk[first + c] ?? 1)),
      from,
    );
    return own;
  }
}
