import { fromTable, HalfnoteError } from '../errors';
import type { Calibration } from '../models/examples';
import { type EngineChoice, ENGINES } from '../execution/run-graph';
import { EMBEDDING_FORMATS, type EmbeddingFormat } from '../graph/embedding-table';
import type { OutputRounding } from '../graph/integer-values';
import type { WeightName } from '../formats/uses';
import type { WeightFormat } from '../graph/quantized-graph';
import type { WeightScaleRule } from '../graph/scale-rules';
import {
  type LayerChoice,
  type LayerNames,
  type LayerSettings,
  parseLayers,
  parseNames,
  settleLayer,
} from './layer-rules';
import { weightFormatNamed } from '../formats/weight-names';
import {
  type ActivationFormat,
  type ActivationRule,
  activationsFor,
  isScaled,
} from './float-activations';
import { OBSERVERS, type ObserverName } from './observers/observers';
import type { QuantizationMode } from './quantized-model';
import {
  checkRepair,
  type RepairOptions,
  type RepairSettings,
  type RepairStepName,
} from './repair/options';
import { ACTIVATION_SCALES } from '../integer/affine';
import type { WeightGranularity } from '../graph/weight-codes';

export interface QuantizeOptions {
  /**
   * Format of the weights. Default `int8`; below 8 bits, and where codes are no integers (`fp16`, `fp8`,
   * `nf4`, `mxfp4`, `log4`, `codebook4`, ...), layers are weight-only.
   */
  readonly weights?: WeightName;
  /**
   * Of `int8`: what activations are. Of floats and blocks too: with `dynamic` or `static` the inputs of
   * products are rounded as well, and multiplied in float32.
   */
  readonly mode?: QuantizationMode;
  /**
   * Of weights in floats and blocks, what the inputs of products are rounded to. Default with `dynamic`
   * and `static`: the weights' own format. `fp16`, `bf16` and `tf32` are cast; FP8 and FP6 have a scale,
   * absmax over the format's largest number; MX formats have blocks of 32 along the last axis.
   */
  readonly activations?: WeightName;
  /** Example inputs for `static`. */
  readonly calibrate?: Calibration;
  /** How `static` chooses a range from the examples. Default `min-max`. */
  readonly observer?: ObserverName;
  /**
   * What `static` products hand to float layers and the caller. Default `auto`: `uint8` codes of
   * convolutions, which are several times as fast so, and `float` of dense layers.
   */
  readonly outputs?: OutputRounding;
  /**
   * How ranges become scales in `static`. Default `range`: as narrow as they allow; `power-of-two`:
   * with the `scaleRule` of that name all scales are powers of two, as in Ristretto. `delayed`, of floats
   * in `dynamic`: by the largest of the batches before, as FP8 training has it.
   */
  readonly activationScale?: ActivationRule;
  /**
   * One scale per output channel (default), for the whole weight, or per group along the depth. Of
   * codebooks the default is one for the whole weight. Blocks (`nf4`, `mxfp8`, ...) have their size.
   */
  readonly granularity?: WeightGranularity;
  /**
   * How weights become a scale. Default: `absmax/127` of integers; `absmax` of floats of 8 bits and
   * fewer, their largest weight becoming the format's; `none` of wider ones, which hold it as it is.
   */
  readonly scaleRule?: WeightScaleRule;
  /** Of `nf4`: the scales of its blocks become FP8 codes in turn (QLoRA). */
  readonly doubleQuantize?: boolean;
  /**
   * What the rows of embeddings are kept in. Default `fp32`. Integers have a scale for each row, or for the
   * groups of `granularity`. Decoding keeps the codes, once where they are those of a product that is tied;
   * elsewhere the rows are rounded, and in fp32.
   */
  readonly embeddings?: EmbeddingFormat;
  /** Only these layers' weights are quantized. */
  readonly include?: LayerNames;
  /** These layers stay in float. */
  readonly exclude?: LayerNames;
  /** Layers with options of their own: `{ 'dense_*': 'int4', head: 'fp32' }`. */
  readonly layers?: LayerSettings;
  /** What is done to the float weights first, so that rounding them harms less. Default: nothing. */
  readonly repair?: RepairStepName | readonly RepairStepName[] | RepairOptions;
  /** What runs the model. Default `auto`: the fastest, measured for each batch size. */
  readonly engine?: EngineChoice;
}

export interface QuantizeSettings extends LayerChoice {
  readonly mode: QuantizationMode;
  readonly examples: Calibration | undefined;
  readonly observer: ObserverName;
  readonly outputs: OutputRounding;
  readonly activationScale: ActivationRule;
  /** What layers with weights in floats or blocks round their inputs to; undefined: nothing. */
  readonly activations: ActivationFormat | undefined;
  readonly embeddings: EmbeddingFormat;
  readonly repair: RepairSettings;
  readonly engine: EngineChoice;
}

const OUTPUTS: Readonly<Record<OutputRounding, true>> = { auto: true, float: true, uint8: true };
/** All that `activationScale` can be. */
export const ACTIVATION_RULES: Readonly<Record<ActivationRule, true>> = {
  ...mapped(ACTIVATION_SCALES),
  delayed: true,
};

const MODES = { dynamic: true, static: true, 'weight-only': true } as const;

/** Checks the options and fills in the defaults. */
export function settle(options: QuantizeOptions): QuantizeSettings {
  const { weights: name = 'int8', granularity, scaleRule, doubleQuantize } = options;
  const { calibrate: examples, observer = 'min-max', engine = 'auto' } = options;
  const { outputs = 'auto', activationScale = 'range', embeddings = 'fp32' } = options;
  const weights = weightFormatNamed(name);
  const base = settleLayer({
    weights,
    ...(granularity === undefined ? {} : { granularity }),
    ...(scaleRule === undefined ? {} : { scaleRule }),
    ...(doubleQuantize === undefined ? {} : { doubleQuantize }),
  });
  fromTable(OBSERVERS, observer, 'observer');
  fromTable(OUTPUTS, outputs, 'rounding of outputs');
  fromTable(ACTIVATION_RULES, activationScale, 'activation scale');
  fromTable(ENGINES, engine, 'engine');
  fromTable(EMBEDDING_FORMATS, embeddings, 'weight format');
  const rules = parseLayers(options.layers);
  const hasInt8 = [weights, ...rules.map((rule) => rule.options.weights)].includes('int8');
  const repair = settleRepair(options.repair);
  const repairs = repair.steps.length > 0;
  const activations = activationsFor(weights, options, repairs);
  const isMeasured = activations === undefined || isScaled(activations) || hasInt8;
  const preset = examples === undefined || !isMeasured ? 'dynamic' : 'static';
  const mode = options.mode ?? (hasInt8 || activations !== undefined ? preset : 'weight-only');
  fromTable(MODES, mode, 'quantization mode');
  checkRule(mode, activationScale, activations);
  checkMode(mode, examples, weights, hasInt8 || activations !== undefined, repairs);
  if (mode === 'static' && !isMeasured) throw notMeasured(activations);
  return {
    mode,
    examples,
    observer,
    outputs,
    activationScale,
    activations,
    embeddings,
    repair,
    engine,
    base: { ...base, weights },
    include: parseNames(options.include, 'include'),
    exclude: parseNames(options.exclude, 'exclude'),
    rules,
  };
}

function settleRepair(repair: QuantizeOptions['repair']): RepairSettings {
  if (repair === undefined) return { steps: [] };
  return checkRepair(
    typeof repair === 'object' && 'steps' in repair ? repair : { steps: [repair].flat() },
  );
}

function checkMode(
  mode: QuantizationMode,
  examples: Calibration | undefined,
  weights: WeightFormat,
  hasInt8: boolean,
  repairs: boolean,
): void {
  if (mode !== 'weight-only' && !hasInt8) {
    throw new HalfnoteError(
      'unsupported-mode',
      `Mode '${mode}' is for int8 weights, not for ${weights}: weights of other formats are widened for each product.`,
      "Use mode 'weight-only', or `weights: 'int8'`; weights in floats have it too.",
    );
  }
  if (mode === 'static' && examples === undefined) {
    throw new HalfnoteError(
      'calibration-missing',
      "Mode 'static' needs example inputs: none were given as `calibrate`.",
      "Pass a tensor of typical inputs as `calibrate`, or use mode 'dynamic'.",
    );
  }
  if (mode !== 'static' && examples !== undefined && !repairs) {
    throw new HalfnoteError(
      'calibration-unused',
      `Mode '${mode}' makes no use of \`calibrate\`.`,
      hasInt8 ? "Leave `calibrate` out, or use mode 'static'." : 'Leave `calibrate` out.',
    );
  }
}

function mapped<K extends string>(table: Readonly<Record<K, unknown>>): Record<K, true> {
  return Object.fromEntries(Object.keys(table).map((key) => [key, true])) as Record<K, true>;
}

function checkRule(
  mode: QuantizationMode,
  rule: ActivationRule,
  activations: ActivationFormat | undefined,
): void {
  if (rule === 'range') return;
  if (rule === 'delayed') {
    if (mode === 'dynamic' && activations !== undefined && isScaled(activations)) return;
    throw new HalfnoteError(
      'unsupported-mode',
      `activationScale 'delayed' is for mode 'dynamic' with activations in floats of up to 8 bits, not for '${mode}' with ${activations ?? 'others'}.`,
      "For example quantize(model, { weights: 'fp8', mode: 'dynamic', activationScale: 'delayed' }).",
    );
  }
  if (mode !== 'static') throw noRanges(mode, rule);
}

function notMeasured(format: ActivationFormat | undefined): HalfnoteError {
  return new HalfnoteError(
    'unsupported-mode',
    `Mode 'static' is for activations with a scale, which ${format ?? ''} has not: wide floats are cast, and blocks have scales of their own.`,
    "Use mode 'dynamic', without `calibrate`.",
  );
}

function noRanges(mode: QuantizationMode, scale: ActivationRule): HalfnoteError {
  return new HalfnoteError(
    'unsupported-mode',
    `activationScale '${scale}' is for mode 'static', whose activations have fixed ranges, not for '${mode}'.`,
    "Give example inputs as `calibrate`, or leave it out: `scaleRule: 'power-of-two'` is for weights.",
  );
}
