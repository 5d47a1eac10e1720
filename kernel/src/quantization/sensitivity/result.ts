import type { WeightFormat } from '../../graph/quantized-graph';
import type { Metric } from '../../models/score';
import type { PairedScores } from '../../quantities/paired-hits';
import type { SensitivityMetric } from './settings';

/** One layer in one format, all others in float. */
export interface SensitivityRow {
  /** The layer's name, or its path in nested models. */
  readonly layer: string;
  readonly kind: string;
  readonly format: WeightFormat;
  /** How many weights the layer has, biases not counted. */
  readonly weights: number;
  /** Weights, scales and bias as `quantize` keeps them here: packed, or as a kernel wants them. */
  readonly bytes: number;
  /** Of the layer's own weights in the float model, without the normalization that is folded in. */
  readonly floatBytes: number;
  /** Of these and of the normalization that is folded in: what it takes if it stays in float. Default: `floatBytes`. */
  readonly unfoldedBytes?: number;
  /** Of the model's outputs against the float model's. */
  readonly sqnrDb: number;
  /** Noise over signal of the outputs: what adds up over layers. */
  readonly relativeNoise: number;
  /** Of the first output's classes, in nats; NaN for a single value a row. */
  readonly kl: number;
  /** Accuracy or loss; NaN without labels. */
  readonly score: number;
  /** How much worse than in float: accuracy lost, or loss gained. NaN without labels. */
  readonly drop: number;
  /** Whether the score differs from that in float, on the same samples; missing without labels. */
  readonly scoreTest?: PairedScores;
}

export interface SensitivityResult {
  readonly model: string;
  readonly metric: SensitivityMetric;
  readonly scoreMetric: Metric;
  /** Of the float model. */
  readonly score: number;
  readonly samples: number;
  /** Which bytes of weights and data were measured; missing for an ONNX model. */
  readonly fingerprint?: string;
  readonly formats: readonly WeightFormat[];
  readonly rows: readonly SensitivityRow[];
  /** Bytes of weights that stay in float whatever the formats are; missing where that isn't known. */
  readonly fixedBytes?: number;
}
