import type * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ComputeFormat, DeviceFacts, Execution, StorageFormat } from '../backend/contract';
import { bytesPerElement } from '../backend/dtypes';
import { hasNativeBackend } from '../backend/load';
import { nativeDtype } from '../backend/raw';
import { castTo } from '../backend/storage';
import { withPrecision } from '../precision/scope';
import type { Calibration } from '../quantization/examples';
import { quantize } from '../quantization/quantize';
import { cloneModel } from '../quantization/walk';

export type Outputs = Tensor | Tensor[];

/** A model in one of the formats that are compared. */
export interface Candidate {
  readonly format: string;
  readonly execution: Execution;
  readonly engine: string;
  readonly note: string;
  /** Bytes of the weights as they are kept. */
  readonly weightBytes: number;
  /** Inference on one batch, as a single batch. */
  run(x: Outputs): Outputs;
  dispose(): void;
}

type Build = (
  model: tf.LayersModel,
  facts: DeviceFacts,
  calibrate: Calibration | undefined,
) => Promise<Candidate>;

/** The formats that can be compared, and how a model is put into each. */
export const CANDIDATES = {
  fp32: float('fp32', 'fp32'),
  tf32: float('tf32', 'fp32'),
  bf16: float('bf16', 'bf16'),
  fp16: float('fp16', 'fp16'),
  fp8: float('fp8', 'fp32'),
  int8: integer,
} as const satisfies Record<string, Build>;

export type CompareFormat = keyof typeof CANDIDATES;

/** Products in `format`; the weights of products are kept in `storage`. */
function float(format: ComputeFormat, storage: StorageFormat): Build {
  return async (model, facts) => {
    const clone = await cloneModel(model);
    if (storage !== 'fp32' && hasNativeBackend()) storeWeights(clone, storage);
    const { execution, engine, reason } = facts.formats[format];
    return {
      format,
      execution,
      engine,
      note: format === 'fp8' ? `${reason} Weights are kept in fp32.` : reason,
      weightBytes: clone.weights.reduce((sum, weight) => sum + bytesOf(weight.read()), 0),
      run: (x) => withPrecision(format, () => predict(clone, x)),
      dispose() {
        for (const weight of clone.weights) weight.dispose();
      },
    };
  };
}

async function integer(
  model: tf.LayersModel,
  facts: DeviceFacts,
  calibrate: Calibration | undefined,
): Promise<Candidate> {
  const small = await quantize(model, calibrate === undefined ? {} : { calibrate });
  const kernels = new Set(small.layers.filter((l) => l.format === 'int8').map((l) => l.kernel));
  return {
    format: 'int8',
    execution: small.execution,
    engine: [facts.formats.int8.engine, ...kernels].join(', '),
    note: [`${small.mode} quantization.`, ...small.notes].join(' '),
    weightBytes: small.weightBytes,
    run: (x) => withPrecision('fp32', () => small.predict(x, { batchSize: Math.max(1, rows(x)) })),
    dispose() {
      small.dispose();
    },
  };
}

/** Kernels and other matrices in 16 bits; vectors (biases, norms) stay in fp32, as in autocast. */
function storeWeights(model: tf.LayersModel, storage: StorageFormat): void {
  for (const weight of model.weights) {
    if (weight.shape.length < 2 || weight.dtype !== 'float32') continue;
    const low = castTo(weight.read(), storage);
    weight.write(low);
    low.dispose();
  }
}

function bytesOf(tensor: Tensor): number {
  const size = hasNativeBackend() ? bytesPerElement(nativeDtype(tensor)) : 4;
  return tensor.size * size;
}

function predict(model: tf.LayersModel, x: Outputs): Outputs {
  return model.predict(x, { batchSize: Math.max(1, rows(x)) });
}

/** The number of samples in a batch. */
export function rows(x: Outputs): number {
  return [x].flat()[0]?.shape[0] ?? 0;
}
