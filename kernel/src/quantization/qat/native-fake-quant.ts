import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { attr } from '../../backend/attributes';
import type { OpAttribute } from '../../backend/contract';
import { DT } from '../../backend/dtypes';
import { castHandle, handleOf, nativeDtype, rawOp, tensorFromHandle } from '../../backend/raw';
import { type HandleScope, withHandles } from '../../integer/handles';
import { asMatrix, type FakeQuantKernels, type Grid } from './grid';

/** TensorFlow's own ops, one each way; in float32 whatever the session's policy is. */
export const NATIVE: FakeQuantKernels = {
  forward: (x, min, max, grid) => {
    const [y] = run(opName(min), grid, [asMatrix(x, min), min, max], 1);
    return tf.reshape(y as Tensor, x.shape);
  },
  backward: (dy, x, min, max, grid) => {
    const inputs = [asMatrix(dy, min), asMatrix(x, min), min, max];
    const [dx, dmin, dmax] = run(`${opName(min)}Gradient`, grid, inputs, 3) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    return [tf.reshape(dx, x.shape), tf.reshape(dmin, min.shape), tf.reshape(dmax, max.shape)];
  },
};

function opName(min: Tensor): string {
  return `FakeQuantWithMinMaxVars${min.rank === 0 ? '' : 'PerChannel'}`;
}

function run(name: string, grid: Grid, inputs: readonly Tensor[], outputs: number): Tensor[] {
  return withHandles((scope) => {
    const handles = inputs.map((input) => floatHandle(input, scope));
    return rawOp(name, attributes(grid), handles, outputs).map((output) =>
      tensorFromHandle(output),
    );
  });
}

function attributes({ bits, narrowRange }: Grid): OpAttribute[] {
  return [attr.int('num_bits', bits), attr.bool('narrow_range', narrowRange)];
}

/** The ops know float32 only: 16-bit tensors are widened, which changes no value. */
function floatHandle(tensor: Tensor, scope: HandleScope): number {
  const handle = handleOf(tensor);
  const dtype = nativeDtype(tensor);
  return dtype === DT.float ? handle : scope.own(castHandle(handle, dtype, DT.float));
}
