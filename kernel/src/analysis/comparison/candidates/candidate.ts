import type * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { DeviceFacts, Execution } from '../../../backend/contract';
import type { Calibration } from '../../../models/examples';
import { rowsOf } from '../../../models/rows';

export type Outputs = Tensor | Tensor[];

/** A model in one of the formats that are compared. */
export interface Candidate {
  readonly format: string;
  /** What ran the last batch. */
  readonly execution: Execution;
  readonly engine: string;
  readonly note: string;
  /** Layer by layer, as tfjs runs a model, or all of it as one graph. That of the last batch. */
  readonly runtime: 'layers' | 'onnxruntime';
  /** Bytes of the weights in the format, scales included. */
  readonly weightBytes: number;
  /** Inference on one batch, as a single batch. */
  run(x: Outputs): Outputs;
  dispose(): void;
}

/** What candidates are made of. */
export interface Source {
  readonly format: string;
  readonly model: tf.LayersModel;
  readonly facts: DeviceFacts;
  readonly calibrate: Calibration | undefined;
}

/** The model's outputs for one batch. */
export function predict(model: tf.LayersModel, x: Outputs): Outputs {
  return model.predict(x, { batchSize: Math.max(1, rows(x)) });
}

/** The number of samples in a batch. */
export function rows(x: Outputs): number {
  return rowsOf([x].flat());
}
