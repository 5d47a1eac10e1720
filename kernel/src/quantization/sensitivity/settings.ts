import * as tf from '@tensorflow/tfjs';
import { rowsAtOnce } from '../../models/rows-at-once';
import { checkData, type CompareData } from '../../models/data';
import { chooseScorer, type Scorer } from '../../models/score';
import { fromTable, HalfnoteError } from '../../errors';
import { INTEGER_WEIGHT_FORMATS } from '../../formats/names';
import { weightFormatNamed } from '../../formats/weight-names';
import type { WeightName } from '../../formats/uses';
import { kindOf } from '../../models/examples';
import type { WeightFormat } from '../../graph/quantized-graph';
import { asLayersModel } from '../../importing/layers-model-of';
import { refuseFakeQuantized } from '../qat/errors';
import { rulesOf, WEIGHT_SCALE_RULES, type WeightScaleRule } from '../../graph/scale-rules';
import { WEIGHT_BITS, type WeightGranularity } from '../../graph/weight-codes';

/**
 * What a layer's rounding is judged by: `sqnr`, the signal to noise of the outputs; `kl`, the
 * divergence of the predicted classes; `accuracy` and `loss`, against labels.
 */
export type SensitivityMetric = 'sqnr' | 'kl' | 'accuracy' | 'loss';

export interface SensitivityOptions {
  /** Formats of weights to try, integers and floats alike. Default `int8`, `int4`, `int3`, `int2`. */
  readonly formats?: readonly WeightName[];
  /** Inputs, and labels where `accuracy` or `loss` is asked for. */
  readonly data: CompareData;
  /** Default: `accuracy` where `y` holds classes, `loss` with another `y`, else `sqnr`. */
  readonly metric?: SensitivityMetric;
  /**
   * One weight scale per output channel (default; of codebooks: one per tensor), per tensor, or per
   * group along the depth. Blocks have their size.
   */
  readonly granularity?: WeightGranularity;
  /** How weights become a scale, in formats that can have it so. Default: as `quantize` has it. */
  readonly scaleRule?: WeightScaleRule;
  /** Samples per batch. Default 64. */
  readonly batchSize?: number;
}

export interface SensitivitySettings {
  readonly formats: readonly WeightFormat[];
  readonly data: CompareData;
  readonly metric: SensitivityMetric;
  readonly scorer: Scorer;
  /** Undefined: as each format usually has it. */
  readonly granularity: WeightGranularity | undefined;
  /** Undefined: as each format usually has it. */
  readonly scaleRule: WeightScaleRule | undefined;
  readonly batchSize: number;
}

const METRICS: Readonly<Record<SensitivityMetric, true>> = {
  sqnr: true,
  kl: true,
  accuracy: true,
  loss: true,
};

/**
 * Checks the options and fills in the defaults.
 * @throws HalfnoteError `unsupported-model`, `unknown-weight-format`, `unknown-metric`, `no-formats`,
 *   `data-missing`, `data-mismatch`, `invalid-option`.
 */
export function settleSensitivity(
  source: unknown,
  given: unknown,
  caller: string,
): SensitivitySettings {
  const model = asLayersModel(source, caller);
  refuseFakeQuantized(model, caller);
  const options = (given ?? {}) as Partial<SensitivityOptions>;
  const { data: samples, granularity, scaleRule } = options;
  const formats = checkFormats(options.formats ?? INTEGER_WEIGHT_FORMATS);
  checkRule(scaleRule, formats);
  if (options.metric !== undefined) fromTable(METRICS, options.metric, 'metric');
  if (samples === undefined) {
    throw new HalfnoteError(
      'data-missing',
      `${caller}() measures on data, and was given none.`,
      'Pass inputs as `data: {x}`, and labels as `data: {x, y}` for accuracy or loss.',
    );
  }
  if (
    typeof samples !== 'object' ||
    (samples as unknown) === null ||
    samples instanceof tf.Tensor
  ) {
    throw new HalfnoteError(
      'data-mismatch',
      `data must be {x} or {x, y}, not ${kindOf(samples)}.`,
      `For example: ${caller}(model, { data: { x: inputs, y: labels } }).`,
    );
  }
  const data = checkData(model, samples);
  const { metric } = options;
  if (data.y === undefined && (metric === 'accuracy' || metric === 'loss')) {
    throw new HalfnoteError(
      'data-missing',
      `The metric '${metric}' needs labels: \`data\` has no y.`,
      "Pass labels as `data: {x, y}`, or use the metric 'sqnr' or 'kl'.",
    );
  }
  const outputShape = model.outputs[0]?.shape ?? [];
  const wanted = metric === 'accuracy' || metric === 'loss' ? metric : undefined;
  const scorer = chooseScorer(data.y, outputShape, model.loss, wanted);
  if (metric === 'kl' && (outputShape.at(-1) ?? 1) < 2) {
    throw new HalfnoteError(
      'data-mismatch',
      `The metric 'kl' compares predicted classes, but the model's output [${outputShape.map((n) => n ?? 'batch').join(', ')}] has one value a row.`,
      "Use the metric 'sqnr'.",
    );
  }
  const batchSize = options.batchSize ?? 64;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new HalfnoteError(
      'invalid-option',
      `batchSize is ${String(batchSize)}; allowed are whole numbers from 1.`,
    );
  }
  const preset = scorer.metric === 'none' ? 'sqnr' : scorer.metric;
  const rows = Math.min(batchSize, rowsAtOnce(model.inputs, model.layers));
  return {
    formats,
    data,
    metric: metric ?? preset,
    scorer,
    granularity,
    scaleRule,
    batchSize: rows,
  };
}

/** Formats that cannot have the rule have their own; one of them must. */
function checkRule(rule: WeightScaleRule | undefined, formats: readonly WeightFormat[]): void {
  if (rule === undefined) return;
  fromTable(WEIGHT_SCALE_RULES, rule, 'scale rule');
  if (formats.some((format) => rulesOf(format).includes(rule))) return;
  const able = Object.keys(WEIGHT_BITS).filter((format) =>
    rulesOf(format as WeightFormat).includes(rule),
  );
  throw new HalfnoteError(
    'invalid-option',
    `Scale rule '${rule}' is for none of the formats ${formats.join(', ')}. It is for ${able.join(', ')}.`,
    'Leave the scale rule out, or choose among formats that have it.',
  );
}

function checkFormats(formats: unknown): WeightFormat[] {
  if (!Array.isArray(formats)) {
    throw new HalfnoteError(
      'no-formats',
      `formats must be a list of names, not ${kindOf(formats)}. Allowed: ${Object.keys(WEIGHT_BITS).join(', ')}.`,
    );
  }
  const names = formats as readonly unknown[];
  if (names.length === 0) {
    throw new HalfnoteError(
      'no-formats',
      `No formats were given. Allowed: ${Object.keys(WEIGHT_BITS).join(', ')}.`,
    );
  }
  return [...new Set(names.map((name) => weightFormatNamed(String(name))))];
}

/** The data cut into batches; the labels with their rows. */
export function* batchesOf(
  { x, y }: CompareData,
  size: number,
): Generator<{ readonly inputs: tf.Tensor[]; readonly labels: tf.Tensor | undefined }> {
  const inputs: tf.Tensor[] = [x].flat();
  const rows = inputs[0]?.shape[0] ?? 0;
  for (let from = 0; from < rows; from += size) {
    const cut = (tensor: tf.Tensor): tf.Tensor =>
      tf.slice(
        tensor,
        [from, ...tensor.shape.slice(1).map(() => 0)],
        [Math.min(size, rows - from), ...tensor.shape.slice(1)],
      );
    const batch = { inputs: inputs.map(cut), labels: y && cut(y) };
    try {
      yield batch;
    } finally {
      tf.dispose([batch.inputs, batch.labels ?? []]);
    }
  }
}
