import type { DeviceFacts } from '../../backend/contract';
import { fromTable, HalfnoteError } from '../../errors';
import { weightRange } from '../../integer/choose';
import {
  type LayerChoice,
  type LayerFormat,
  type LayerNames,
  type LayerSettings,
  parseLayers,
  parseNames,
} from '../layer-rules';
import type {
  FloatWeightFormat,
  TrainedWeightFormat,
  WeightAlias,
  WeightFormat,
} from '../../formats/uses';
import { weightFormatNamed } from '../../formats/weight-names';
import { SCALE_RULES, type ScaleRule } from '../../integer/affine';
import { SCALED_ACTIVATIONS } from '../float-activations';
import type { QatObserver } from './activation-layer';
import type { InputObserver, InputScheme } from './input-rounding';
import {
  isBlockFormat,
  isFloatFormat,
  isLinearFormat,
  WEIGHT_BITS,
} from '../../graph/weight-codes';
import { LARGEST_CODE, type WeightScheme } from './weights';

/** What weights can be trained in, by any of its names. */
export type QatFormat = TrainedWeightFormat | WeightAlias;

/** What activations can be trained in: `uint8`, `fp32`, or floats with a scale, by any of their names. */
export type QatActivations = 'uint8' | 'fp32' | FloatWeightFormat | WeightAlias;

export interface QatOptions {
  /**
   * Format of the weights: symmetric codes, or floats of 8 bits and fewer (`fp8`, `fp6`, `fp4`, ...), one
   * scale per output channel. Default `int8`.
   */
  readonly weights?: QatFormat;
  /**
   * `uint8` (default): asymmetric, per tensor. `fp32`: only weights are quantized; the default of weights
   * in floats. Beside these also `fp8`, `fp8-e5m2`, `fp6`, ...: the inputs of products in such floats.
   */
  readonly activations?: QatActivations;
  /**
   * How the activations' ranges are found. Default `moving-average`. Of floats also `delayed`: by the
   * largest of the 1024 batches before, as in FP8 training; and not `learned`.
   */
  readonly observer?: QatObserver | InputObserver;
  /** Of `moving-average`: the weight of a new batch. Default 0.01, as PyTorch's. */
  readonly averaging?: number;
  /**
   * How a channel's largest absolute weight becomes its scale (default `absmax/127`), or `learned`:
   * each channel's scale is trained (LSQ).
   */
  readonly scaleRule?: ScaleRule | 'learned';
  /** Training steps before anything is rounded; ranges are observed from the first. Default 0. */
  readonly quantizeFrom?: number;
  /** The training step from which the activations' ranges are kept. Default: never. */
  readonly freezeRanges?: number;
  /** The training step from which batch normalization keeps and uses its moving statistics. Default: never. */
  readonly freezeNorm?: number;
  /** Keeps int8 weights to 7 bits. Default: where this machine's 8-bit products saturate. */
  readonly reduceRange?: boolean;
  /** Only these layers' weights are quantized. */
  readonly include?: LayerNames;
  /** These layers stay in float. */
  readonly exclude?: LayerNames;
  /** Layers with a format of their own: `{ 'dense_*': 'int4', head: 'fp32' }`. */
  readonly layers?: LayerSettings;
}

export interface QatSettings {
  readonly choice: LayerChoice;
  readonly activations: 'uint8' | 'fp32' | FloatWeightFormat;
  readonly observer: QatObserver | InputObserver;
  readonly averaging: number;
  readonly scaleRule: ScaleRule | 'learned';
  readonly quantizeFrom: number;
  readonly freezeRanges: number | undefined;
  readonly freezeNorm: number | undefined;
  readonly largestInt8: number;
}

/** All that activations can be trained in. */
export const QAT_ACTIVATIONS = ['uint8', 'fp32', ...SCALED_ACTIVATIONS] as const;
const QAT_OBSERVERS = {
  'moving-average': true,
  'min-max': true,
  learned: true,
  delayed: true,
} as const satisfies Readonly<Record<QatObserver | InputObserver, true>>;
const QAT_SCALE_RULES = { ...SCALE_RULES, learned: undefined } as const;

/** Checks the options and fills in the defaults. */
export function settleQat(options: QatOptions, facts: DeviceFacts): QatSettings {
  const weights = trainedFormat(options.weights ?? 'int8');
  const activations = activationsOf(
    options.activations ?? (isFloatFormat(weights) ? 'fp32' : 'uint8'),
  );
  const { observer = 'moving-average' } = options;
  const { averaging = 0.01, scaleRule = 'absmax/127', quantizeFrom = 0 } = options;
  const { freezeRanges, freezeNorm } = options;
  const reducesHere = activations === 'uint8' && weightRange(facts).max < LARGEST_CODE.int8;
  const { reduceRange = reducesHere } = options;
  fromTable(QAT_OBSERVERS, observer, 'observer');
  fromTable(QAT_SCALE_RULES, scaleRule, 'scale rule');
  if (!(averaging > 0 && averaging <= 1)) {
    throw bad('averaging', averaging, 'numbers above 0 up to 1: the weight of a new batch');
  }
  for (const [name, steps] of Object.entries({ quantizeFrom, freezeRanges, freezeNorm })) {
    if (steps === undefined || (Number.isInteger(steps) && steps >= 0)) continue;
    throw bad(name, steps, 'whole numbers of training steps from 0');
  }
  if (freezeRanges === 0) throw bad('freezeRanges', 0, 'whole numbers of training steps from 1');
  const rules = parseLayers(options.layers);
  for (const { pattern, options: own } of rules) {
    if (own.weights !== undefined && own.weights !== 'fp32') trainedFormat(own.weights);
    if (own.granularity === undefined && own.scaleRule === undefined) continue;
    throw new HalfnoteError(
      'invalid-layers',
      `'${pattern}' has a granularity or scale rule of its own; allowed is a format: training quantizes per output channel.`,
    );
  }
  const formats = [weights, ...rules.map((rule) => rule.options.weights ?? weights)];
  checkFloats(formats, activations, scaleRule);
  checkObserver(observer, activations);
  return {
    choice: {
      base: { weights },
      include: parseNames(options.include, 'include'),
      exclude: parseNames(options.exclude, 'exclude'),
      rules,
    },
    activations,
    observer,
    averaging,
    scaleRule,
    quantizeFrom,
    freezeRanges,
    freezeNorm,
    largestInt8: reduceRange ? REDUCED : LARGEST_CODE.int8,
  };
}

/** Steps of one size can be trained; exponents and codebooks are found after training. */
function trainedFormat(name: string): TrainedWeightFormat {
  const format = weightFormatNamed(name);
  if (format in WEIGHT_BITS && !(format in LARGEST_CODE)) {
    throw new HalfnoteError(
      'unknown-weight-format',
      `Weights cannot be trained in '${format}', ${untrained(format)}. Allowed: ${Object.keys(LARGEST_CODE).join(', ')}.`,
      `Train in float, and quantize(model, { weights: '${format}' }) afterwards.`,
    );
  }
  fromTable(LARGEST_CODE, format, 'weight format');
  return format as TrainedWeightFormat;
}

/** Why a format of weights is none to train in. */
function untrained(format: WeightFormat): string {
  if (isFloatFormat(format)) return 'which is what a precision policy trains in';
  return isBlockFormat(format)
    ? 'whose scales are those of blocks'
    : 'whose values are looked up by code';
}

/** @throws HalfnoteError `unknown-weight-format`, `invalid-option`. */
function activationsOf(given: QatActivations): QatSettings['activations'] {
  if (given === 'uint8' || given === 'fp32') return given;
  const format = weightFormatNamed(given);
  const found = SCALED_ACTIVATIONS.find((candidate) => candidate === format);
  if (found !== undefined) return found;
  throw new HalfnoteError(
    'invalid-option',
    `Activations cannot be trained in ${format}. Allowed: ${QAT_ACTIVATIONS.join(', ')}.`,
    isFloatFormat(format) && WEIGHT_BITS[format] > 8
      ? `Train under a precision policy: setPrecision('${format}').`
      : isLinearFormat(format)
        ? "Activations in integers are uint8: activations: 'uint8'."
        : "For example activations: 'fp8', with weights in floats.",
  );
}

/** Steps are learned of integers; delayed scales are of floats. */
function checkObserver(
  observer: QatSettings['observer'],
  activations: QatSettings['activations'],
): void {
  const isFloat = activations !== 'uint8' && activations !== 'fp32';
  if (observer !== (isFloat ? 'learned' : 'delayed')) return;
  throw new HalfnoteError(
    'invalid-option',
    `The observer '${observer}' is not for activations in ${activations}: ${isFloat ? 'steps are trained of integers' : 'delayed scales are of floats, such as fp8'}.`,
    "Use 'moving-average' or 'min-max'.",
  );
}

/** How the layers' own inputs are rounded; undefined where that is not to floats. */
export function inputsOf(settings: QatSettings): InputScheme | undefined {
  const { activations: format, observer, averaging, freezeRanges } = settings;
  if (format === 'uint8' || format === 'fp32') return undefined;
  return {
    format,
    observer: observer as InputObserver,
    averaging,
    ...(freezeRanges === undefined ? {} : { freezeRanges }),
  };
}

/** Floats are products in fp32: neither integers around them nor steps of one size. */
function checkFloats(
  formats: readonly LayerFormat[],
  activations: QatSettings['activations'],
  rule: QatSettings['scaleRule'],
): void {
  const float = formats.find((format) => format !== 'fp32' && isFloatFormat(format));
  const other = formats.find((format) => format !== 'fp32' && !isFloatFormat(format));
  if (other !== undefined && activations !== 'uint8' && activations !== 'fp32') {
    throw new HalfnoteError(
      'invalid-option',
      `Activations in ${activations} are trained beside weights in floats, not in ${other}.`,
      'Leave `activations` out, or use weights in floats, such as fp8 or fp4.',
    );
  }
  if (float === undefined) return;
  if (activations === 'uint8') {
    throw new HalfnoteError(
      'invalid-option',
      `Weights in ${float} are trained beside activations in fp32, not in uint8.`,
      "Use activations: 'fp32' (--weight-only).",
    );
  }
  if (rule !== 'absmax/127' && formats.every((format) => format === float)) {
    throw new HalfnoteError(
      'invalid-option',
      `Scale rule '${rule}' is not for ${float}, whose scale is absmax over its largest number.`,
      'Leave scaleRule out.',
    );
  }
}

/** Seven bits. */
const REDUCED = 63;

/** How a layer's kernel is fake-quantized. */
export function schemeOf(format: TrainedWeightFormat, settings: QatSettings): WeightScheme {
  const largestCode = format === 'int8' ? settings.largestInt8 : LARGEST_CODE[format];
  return { format, largestCode, rule: settings.scaleRule };
}

function bad(name: string, value: unknown, allowed: string): HalfnoteError {
  return new HalfnoteError(
    'invalid-option',
    `${name} is ${String(value)}; allowed are ${allowed}.`,
  );
}
