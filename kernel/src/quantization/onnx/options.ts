import { fromTable, HalfnoteError, shown } from '../../errors';
import type { WeightFormat, WeightName } from '../../formats/uses';
import { weightFormatNamed } from '../../formats/weight-names';
import type { WeightScaleRule } from '../../graph/scale-rules';
import type { WeightGranularity } from '../../graph/weight-codes';
import { ACTIVATION_SCALES, type ActivationScale } from '../../integer/affine';
import { type LayerNames, parseNames, settleLayer } from '../layer-rules';
import { OBSERVERS, type ObserverName } from '../observers/observers';
import type { QuantizationMode } from '../quantized-model';
import type { OnnxCalibration } from './calibrate';

export interface OnnxQuantizeOptions {
  /**
   * Format of the weights. Default `int8`. Below 8 bits, and of floats, products are weight-only;
   * `int4`, and `int8` of dense products, run in ONNX Runtime's kernels, and all that ONNX Runtime
   * has no type for is rounded and kept in float32.
   */
  readonly weights?: WeightName;
  /** Default: `static` with `calibrate`, else `dynamic`; `weight-only` but for int8. */
  readonly mode?: QuantizationMode;
  /** Example inputs for `static`. */
  readonly calibrate?: OnnxCalibration;
  /** How `static` chooses a range from the examples. Default `min-max`. */
  readonly observer?: ObserverName;
  readonly activationScale?: ActivationScale;
  /** One scale per output (default), for the whole weight, or, weight-only, per group of the inputs. */
  readonly granularity?: WeightGranularity;
  readonly scaleRule?: WeightScaleRule;
  /** Only these nodes' weights are quantized. */
  readonly include?: LayerNames;
  /** These nodes stay in float. */
  readonly exclude?: LayerNames;
}

export interface OnnxQuantizeSettings {
  readonly weights: WeightFormat;
  readonly mode: QuantizationMode;
  readonly examples: OnnxCalibration | undefined;
  readonly observer: ObserverName;
  readonly activationScale: ActivationScale;
  readonly granularity: WeightGranularity | undefined;
  readonly scaleRule: WeightScaleRule | undefined;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

const MODES = { dynamic: true, static: true, 'weight-only': true } as const;
const ALLOWED = {
  weights: true,
  mode: true,
  calibrate: true,
  observer: true,
  activationScale: true,
  granularity: true,
  scaleRule: true,
  include: true,
  exclude: true,
} as const satisfies Record<keyof OnnxQuantizeOptions, true>;

/**
 * @param what The beginning of the sentence: `An ONNX model can't be quantized with`.
 * @throws HalfnoteError `invalid-option` for an option, not undefined, that isn't among those allowed.
 */
export function refuseOthers(
  options: object,
  allowed: Readonly<Record<string, true>>,
  what: string,
): void {
  const other = Object.entries(options).find(
    ([name, value]) => value !== undefined && !Object.hasOwn(allowed, name),
  );
  if (other === undefined) return;
  throw new HalfnoteError(
    'invalid-option',
    `${what} \`${other[0]}\`. Allowed: ${Object.keys(allowed).join(', ')}.`,
    'It is for models of tfjs.',
  );
}

/** Checks the options and fills in the defaults. */
export function settleOnnx(options: OnnxQuantizeOptions): OnnxQuantizeSettings {
  refuseOthers(options, ALLOWED, "An ONNX model can't be quantized with");
  const { calibrate: examples, observer = 'min-max', activationScale = 'range' } = options;
  const { granularity, scaleRule } = options;
  const weights = formatOf(options);
  fromTable(OBSERVERS, observer, 'observer');
  fromTable(ACTIVATION_SCALES, activationScale, 'activation scale');
  const preset = examples === undefined ? 'dynamic' : 'static';
  const mode = options.mode ?? (weights === 'int8' ? preset : 'weight-only');
  fromTable(MODES, mode, 'quantization mode');
  checkMode(mode, weights, examples, granularity);
  return {
    weights,
    mode,
    examples,
    observer,
    activationScale,
    granularity,
    scaleRule,
    include: parseNames(options.include, 'include'),
    exclude: parseNames(options.exclude, 'exclude'),
  };
}

function formatOf({ weights = 'int8', granularity, scaleRule }: OnnxQuantizeOptions): WeightFormat {
  const format = weightFormatNamed(weights);
  settleLayer({
    weights: format,
    ...(granularity === undefined ? {} : { granularity }),
    ...(scaleRule === undefined ? {} : { scaleRule }),
  });
  return format;
}

function checkMode(
  mode: QuantizationMode,
  weights: WeightFormat,
  examples: OnnxCalibration | undefined,
  granularity: WeightGranularity | undefined,
): void {
  if (mode !== 'weight-only' && weights !== 'int8') {
    throw new HalfnoteError(
      'unsupported-mode',
      `Mode '${mode}' is for int8 weights, not for ${weights}: others are widened for each product.`,
      "Use mode 'weight-only', or `weights: 'int8'`.",
    );
  }
  if (mode !== 'weight-only' && typeof granularity === 'object') {
    throw new HalfnoteError(
      'unsupported-mode',
      `Mode '${mode}' has no scales for groups of ${shown(granularity.group)} weights: 32-bit sums of integers have one.`,
      "Use mode 'weight-only', or granularity 'per-channel'.",
    );
  }
  if (mode === 'static' && examples === undefined) {
    throw new HalfnoteError(
      'calibration-missing',
      "Mode 'static' needs example inputs: none were given as `calibrate`.",
      "Pass a tensor of typical inputs as `calibrate`, or use mode 'dynamic'.",
    );
  }
  if (mode !== 'static' && examples !== undefined) {
    throw new HalfnoteError(
      'calibration-unused',
      `Mode '${mode}' makes no use of \`calibrate\`.`,
      weights === 'int8' ? "Leave `calibrate` out, or use mode 'static'." : 'Leave it out.',
    );
  }
}
