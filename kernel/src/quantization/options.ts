import * as tf from '@tensorflow/tfjs';
import { fromTable, HalfnoteError } from '../errors';
import { type Calibration, kindOf } from './examples';
import { OBSERVERS, type ObserverName } from './observers';
import type { QuantizationMode } from './quantized-model';
import { SCALE_RULES, type ScaleRule } from './scheme';
import type { Granularity } from './weights';

export interface QuantizeOptions {
  /** Format of the weights. Default and only one: `int8`. */
  readonly weights?: 'int8';
  readonly mode?: QuantizationMode;
  /** Example inputs for `static`. */
  readonly calibrate?: Calibration;
  /** How `static` chooses a range from the examples. Default `min-max`. */
  readonly observer?: ObserverName;
  /** One scale per output channel (default) or one for the whole weight. */
  readonly granularity?: Granularity;
  /** How the largest absolute weight becomes a scale. Default `absmax/127`. */
  readonly scaleRule?: ScaleRule;
}

export interface QuantizeSettings {
  readonly mode: QuantizationMode;
  readonly examples: Calibration | undefined;
  readonly observer: ObserverName;
  readonly granularity: Granularity;
  readonly scaleRule: ScaleRule;
}

const WEIGHTS = { int8: true } as const;
const MODES = { dynamic: true, static: true, 'weight-only': true } as const;
const GRANULARITIES = { 'per-channel': true, 'per-tensor': true } as const;

/** Checks the options' names and fills in the defaults. */
export function settle(options: QuantizeOptions): QuantizeSettings {
  const examples = options.calibrate;
  const mode = options.mode ?? (examples === undefined ? 'dynamic' : 'static');
  const observer = options.observer ?? 'min-max';
  const granularity = options.granularity ?? 'per-channel';
  const scaleRule = options.scaleRule ?? 'absmax/127';
  fromTable(WEIGHTS, options.weights ?? 'int8', 'weight format');
  fromTable(MODES, mode, 'quantization mode');
  fromTable(OBSERVERS, observer, 'observer');
  fromTable(GRANULARITIES, granularity, 'granularity');
  fromTable(SCALE_RULES, scaleRule, 'scale rule');
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
      "Leave `calibrate` out, or use mode 'static'.",
    );
  }
  return { mode, examples, observer, granularity, scaleRule };
}

/** Throws unless `model` is a built layers model; `caller` is the function that was given it. */
export function checkModel(model: unknown, caller: string): asserts model is tf.LayersModel {
  if (!(model instanceof tf.LayersModel)) {
    throw new HalfnoteError(
      'unsupported-model',
      `${caller}() takes a tf.Sequential or a functional tf.LayersModel, not ${model instanceof tf.GraphModel ? 'a tf.GraphModel' : kindOf(model)}.`,
      model instanceof tf.GraphModel
        ? 'A tf.GraphModel has no layers to convert: load the model as a layers model.'
        : undefined,
    );
  }
  if (model.layers.length === 0 || !model.layers.every((layer) => layer.built)) {
    throw new HalfnoteError(
      'unsupported-model',
      `Model '${model.name}' is not built yet.`,
      'Give its first layer an `inputShape`, or call it once.',
    );
  }
}
