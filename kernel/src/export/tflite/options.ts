import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { TFLITE_FORMATS } from '../../formats/names';
import type { Calibration } from '../../models/examples';

export { TFLITE_FORMATS };
export type TfliteFormat = (typeof TFLITE_FORMATS)[number];

const ENDS = ['float32', 'int8', 'uint8'] as const;

export interface TfliteExportOptions {
  /**
   * `fp32` (the default); `fp16`: weights of two bytes, arithmetic in fp32; `dynamic`: weights of
   * larger layers in int8, activations rounded while it runs; `int8`: weights and activations in
   * int8, with ranges measured on `calibrate`.
   */
  readonly format?: TfliteFormat;
  /** int8, and there required: example inputs, as `quantize` takes them. */
  readonly calibrate?: Calibration;
  /** int8: the type of the file's inputs and outputs. Default: float32. */
  readonly io?: (typeof ENDS)[number];
  /** int8: refuse a model of which an operator would stay in float. Default: false. */
  readonly integersOnly?: boolean;
  /** Fixes the batch, which is open otherwise: microcontrollers and some accelerators need it. */
  readonly batch?: number;
  /**
   * Inputs on which the error is measured, one tensor per input of the model. Default: rows of
   * `calibrate`, else random ones.
   */
  readonly check?: Tensor | readonly Tensor[];
  /** A Python that has TensorFlow, by name or path. Default: the first that is found. */
  readonly python?: string;
}

export interface TfliteSettings {
  readonly format: TfliteFormat;
  readonly calibrate: Calibration | undefined;
  readonly io: (typeof ENDS)[number];
  readonly integersOnly: boolean;
  readonly batch: number | undefined;
  readonly check: Tensor | readonly Tensor[] | undefined;
  readonly python: string | undefined;
}

/** The options with their defaults. @throws HalfnoteError `invalid-option`, `calibration-missing`. */
export function settleTflite(options: TfliteExportOptions): TfliteSettings {
  const { format = 'fp32', io = 'float32', integersOnly = false } = options;
  const { calibrate, batch, check, python } = options;
  allowed('format', format, TFLITE_FORMATS);
  allowed('io', io, ENDS);
  if (format === 'int8') {
    if (calibrate === undefined) {
      throw new HalfnoteError(
        'calibration-missing',
        'exportTflite: int8 needs example inputs, on which the ranges of activations are measured.',
        "Give some real inputs: exportTflite(model, {format: 'int8', calibrate: x}). " +
          "'dynamic' does without.",
      );
    }
  } else {
    onlyInt8('calibrate', calibrate !== undefined, format);
    onlyInt8('io', io !== 'float32', format);
    onlyInt8('integersOnly', integersOnly, format);
  }
  if (batch !== undefined && !(Number.isInteger(batch) && batch > 0)) {
    throw new HalfnoteError(
      'invalid-option',
      `exportTflite: batch is ${String(batch)}; allowed are whole numbers from 1.`,
    );
  }
  return { format, calibrate, io, integersOnly, batch, check, python };
}

function allowed(option: string, value: string, values: readonly string[]): void {
  if (values.includes(value)) return;
  throw new HalfnoteError(
    'invalid-option',
    `exportTflite: ${option} is ${JSON.stringify(value)}; allowed are ${values.join(', ')}.`,
  );
}

function onlyInt8(option: string, isGiven: boolean, format: TfliteFormat): void {
  if (!isGiven) return;
  throw new HalfnoteError(
    'invalid-option',
    `exportTflite: ${option} is for the format int8, not for ${format}.`,
  );
}
