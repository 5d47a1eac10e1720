import { HalfnoteError } from '../errors';
import { BLOCK_WEIGHT_FORMATS, FLOAT_WEIGHT_FORMATS } from '../formats/names';
import {
  USES,
  type BlockWeightFormat,
  type FloatWeightFormat,
  type WeightName,
  type WeightUse,
} from '../formats/uses';
import { weightFormatNamed } from '../formats/weight-names';
import type { ActivationPlan } from '../graph/build';
import type { WeightFormat } from '../graph/quantized-graph';
import { isBlockFormat, isFloatFormat } from '../graph/weight-codes';
import type { ActivationScale } from '../integer/affine';
import { usualFloatRule } from '../schemes/float-scale';
import type { QuantizationMode } from './quantized-model';

/** What inputs of products can be rounded to. */
export type ActivationFormat = FloatWeightFormat | BlockWeightFormat;

/** How activations become a scale: `delayed` is of floats only. */
export type ActivationRule = ActivationScale | 'delayed';

export const ACTIVATION_FORMATS: readonly ActivationFormat[] = [
  ...FLOAT_WEIGHT_FORMATS,
  ...BLOCK_WEIGHT_FORMATS,
].filter((format) => {
  const use: WeightUse = USES[format].weights;
  return use.onlyWeights !== true;
});

/** Whether a scale divides them, so that `static`, each batch or earlier ones can say which. */
export function isScaled(format: ActivationFormat): boolean {
  return isFloatFormat(format) && usualFloatRule(USES[format].weights.codes) === 'absmax';
}

/** The floats among them that have a scale for the tensor: those of 8 bits and fewer. */
export const SCALED_ACTIVATIONS = FLOAT_WEIGHT_FORMATS.filter(
  (format) => ACTIVATION_FORMATS.includes(format) && isScaled(format),
);

/** What says whether activations are rounded, and to what. */
interface Asked {
  readonly mode?: QuantizationMode;
  readonly activations?: WeightName;
  readonly calibrate?: unknown;
}

/**
 * What layers with weights in floats or blocks round their inputs to: what is asked for, else what
 * weights are in where a mode or calibration data ask for it; undefined where nothing does.
 * @throws HalfnoteError `invalid-option`, `unknown-weight-format`.
 */
export function activationsFor(
  weights: WeightFormat,
  { mode, activations: given, calibrate }: Asked,
  repairs: boolean,
): ActivationFormat | undefined {
  const isFloat = isFloatFormat(weights) || isBlockFormat(weights);
  if (given === undefined) {
    const calibrates = calibrate !== undefined && !repairs;
    const asked = mode === undefined ? calibrates : mode !== 'weight-only';
    return isFloat && asked ? checked(weights) : undefined;
  }
  const format = weightFormatNamed(given);
  if (!isFloat) {
    throw new HalfnoteError(
      'invalid-option',
      `Activations are chosen for weights in floats and blocks, not in ${weights}.`,
      'Leave `activations` out: those of int8 weights are uint8.',
    );
  }
  if (mode === 'weight-only') {
    throw new HalfnoteError(
      'invalid-option',
      `Mode 'weight-only' leaves activations in fp32; ${format} was given for them.`,
      "Leave `activations` out, or use mode 'dynamic'.",
    );
  }
  return checked(format);
}

function checked(format: WeightFormat): ActivationFormat {
  const found = ACTIVATION_FORMATS.find((candidate) => candidate === format);
  if (found !== undefined) return found;
  throw new HalfnoteError(
    'invalid-option',
    `Activations cannot be rounded to ${format}. Allowed: ${ACTIVATION_FORMATS.join(', ')}.`,
    "For example activations: 'fp8', or mode 'weight-only'.",
  );
}

/** How the inputs of a product are to be rounded, in a mode. */
export function activationPlan(
  format: ActivationFormat,
  mode: QuantizationMode,
  rule: ActivationRule,
): ActivationPlan {
  if (!isScaled(format)) return { format, scale: 'none' };
  if (mode === 'static') {
    return { format, scale: rule === 'power-of-two' ? 'static-power-of-two' : 'static' };
  }
  return { format, scale: rule === 'delayed' ? 'delayed' : 'batch' };
}
