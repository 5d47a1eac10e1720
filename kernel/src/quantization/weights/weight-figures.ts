import type { WeightCodes, WeightFormat } from '../../graph/quantized-graph';
import { decodeWeights, isLinearFormat, WEIGHT_BITS } from '../../graph/weight-codes';
import type { IntegerRange } from '../../integer/affine';
import { BINS } from '../../payloads/weights/histograms';
import { histogramOf } from './histogram';
import { representable, type Representable } from './representable';

/** Weights before and after they were rounded, in the same bins of equal width. */
export interface BeforeAndAfter {
  /** Where the first bin begins and the last one ends. */
  readonly low: number;
  readonly high: number;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** What rounding did to the weights of one layer; errors are in the unit of the weights. */
export interface WeightFigures {
  readonly name: string;
  readonly kind: string;
  readonly format: WeightFormat;
  readonly weights: number;
  readonly channels: number;
  /** Weights along the depth of a channel that share a scale; 0 where all of the layer do. */
  readonly groupSize: number;
  readonly maxError: number;
  readonly rmsError: number;
  /** Signal to noise in dB; infinite where nothing was rounded. */
  readonly sqnrDb: number;
  readonly scale: { readonly low: number; readonly high: number; readonly count: number } | null;
  readonly zeroPoint: number | null;
  /** The part beyond the largest number of the format at its scale; null where there is none. */
  readonly saturated: number | null;
  /** The part that was not zero, and is now. */
  readonly zeroed: number;
  /** The output channel with the least signal to noise, and the range of its weights. */
  readonly worstChannel: {
    readonly index: number;
    readonly low: number;
    readonly high: number;
    readonly sqnrDb: number;
  };
  readonly histogram: BeforeAndAfter;
}

/** A layer's weights, row-major `[depth, channels]`, and the codes that were made of them. */
export interface RoundedLayer {
  readonly name: string;
  readonly kind: string;
  readonly kernel: Float32Array;
  readonly weights: WeightCodes;
  /** The integers that codes may be; without it all of the format. */
  readonly range?: IntegerRange | undefined;
}

/** Figures of a layer's rounding, summed in float64. */
export function weightFigures(layer: RoundedLayer): WeightFigures {
  const { name, kind, kernel, weights, range } = layer;
  const { format, channels, depth } = weights;
  const after = decodeWeights(weights);
  const sums = new Sums(channels, beyond(weights, representable(weights, range)));
  for (let i = 0; i < kernel.length; i++) sums.add(i, kernel[i] ?? 0, after[i] ?? 0);
  const shared = sharedScale(weights);
  const { low, high } = sums;
  return {
    name,
    kind,
    format,
    weights: kernel.length,
    channels,
    groupSize: shared ? 0 : Math.min(weights.groupSize, depth),
    ...sums.errors(),
    scale: scaleOf(weights, shared),
    zeroPoint: isLinearFormat(format) ? 0 : null,
    worstChannel: sums.worstChannel(),
    histogram: {
      low,
      high,
      before: histogramOf(kernel, low, high, BINS),
      after: histogramOf(after, low, high, BINS),
    },
  };
}

/** Of what a rounding of the largest number to float32 may put beyond it. */
const TOLERANCE = 1e-6;

/** Whether a weight at a place lies beyond what its codes can stand for. */
type IsBeyond = (place: number, weight: number) => boolean;

function beyond(weights: WeightCodes, known: Representable | undefined): IsBeyond | undefined {
  if (known === undefined) return undefined;
  const { channels, groupSize, scales } = weights;
  const [low, high] = [known.low * (1 + TOLERANCE), known.high * (1 + TOLERANCE)];
  if (scales.length === 0) return (_, weight) => weight < low || weight > high;
  return (place, weight) => {
    const group = Math.floor(place / channels / groupSize) * channels + (place % channels);
    const scale = scales[group] ?? 1;
    return weight < low * scale || weight > high * scale;
  };
}

function sharedScale({ scales, codebooks, format }: WeightCodes): boolean {
  if (codebooks !== undefined) return codebooks.length === 2 ** WEIGHT_BITS[format];
  return scales.every((scale) => scale === scales[0]);
}

function scaleOf({ scales }: WeightCodes, shared: boolean): WeightFigures['scale'] {
  if (scales.length === 0) return null;
  const low = scales.reduce((least, scale) => Math.min(least, scale), Infinity);
  const high = scales.reduce((most, scale) => Math.max(most, scale), -Infinity);
  return { low, high, count: shared ? 1 : scales.length };
}

class Sums {
  low = Infinity;
  high = -Infinity;
  #largest = 0;
  #beyond = 0;
  #zeroed = 0;
  #count = 0;
  readonly #signal: Float64Array;
  readonly #noise: Float64Array;
  readonly #lows: Float64Array;
  readonly #highs: Float64Array;

  constructor(
    private readonly channels: number,
    private readonly isBeyond: IsBeyond | undefined,
  ) {
    this.#signal = new Float64Array(channels);
    this.#noise = new Float64Array(channels);
    this.#lows = new Float64Array(channels).fill(Infinity);
    this.#highs = new Float64Array(channels).fill(-Infinity);
  }

  add(place: number, before: number, after: number): void {
    const channel = place % this.channels;
    const error = after - before;
    this.#count += 1;
    this.#signal[channel] = (this.#signal[channel] ?? 0) + before * before;
    this.#noise[channel] = (this.#noise[channel] ?? 0) + error * error;
    this.#lows[channel] = Math.min(this.#lows[channel] ?? before, before);
    this.#highs[channel] = Math.max(this.#highs[channel] ?? before, before);
    this.#largest = Math.max(this.#largest, Math.abs(error));
    this.low = Math.min(this.low, before, after);
    this.high = Math.max(this.high, before, after);
    if (before !== 0 && after === 0) this.#zeroed += 1;
    if (this.isBeyond?.(place, before) === true) this.#beyond += 1;
  }

  errors(): Pick<WeightFigures, 'maxError' | 'rmsError' | 'sqnrDb' | 'saturated' | 'zeroed'> {
    const noise = sum(this.#noise);
    return {
      maxError: this.#largest,
      rmsError: Math.sqrt(noise / Math.max(1, this.#count)),
      sqnrDb: decibels(sum(this.#signal), noise),
      saturated: this.isBeyond === undefined ? null : this.#beyond / Math.max(1, this.#count),
      zeroed: this.#zeroed / Math.max(1, this.#count),
    };
  }

  worstChannel(): WeightFigures['worstChannel'] {
    const ratios = Array.from(this.#signal, (signal, c) => decibels(signal, this.#noise[c] ?? 0));
    const index = ratios.reduce((worst, db, c) => (db < (ratios[worst] ?? 0) ? c : worst), 0);
    return {
      index,
      low: this.#lows[index] ?? 0,
      high: this.#highs[index] ?? 0,
      sqnrDb: ratios[index] ?? Infinity,
    };
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function decibels(signal: number, noise: number): number {
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}
