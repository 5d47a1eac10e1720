import type * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ComputeFormat, StorageFormat } from '../../../backend/contract';
import { bytesPerElement } from '../../../backend/dtypes';
import { hasNativeBackend } from '../../../backend/load';
import { nativeDtype } from '../../../backend/raw';
import { castTo } from '../../../backend/storage';
import { withPrecision } from '../../../precision/scope';
import { cloneModel } from '../../../models/walk';
import { predict, type Candidate, type Source } from './candidate';

/** Products in `compute`; the weights of products are kept in `storage`. */
export async function computeCandidate(
  { format, model, facts }: Source,
  { compute, storage }: { readonly compute: ComputeFormat; readonly storage: StorageFormat },
): Promise<Candidate> {
  const clone = await cloneModel(model);
  if (storage !== 'fp32' && hasNativeBackend()) storeWeights(clone, storage);
  const { execution, engine, reason } = facts.formats[compute];
  return {
    format,
    execution,
    engine,
    runtime: 'layers',
    note: compute === 'fp8' ? `${reason} Weights are kept in fp32.` : reason,
    weightBytes: clone.weights.reduce((sum, weight) => sum + bytesOf(weight.read()), 0),
    run: (x) => withPrecision(compute, () => predict(clone, x)),
    dispose() {
      for (const weight of clone.weights) weight.dispose();
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
