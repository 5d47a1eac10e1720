/** Kernels in blocks of four bits, to be compared with those of ONNX Runtime's own quantizer. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';

const require = createRequire(join(root, 'kernel/package.json'));
const { blockKernel } = require(join(root, 'kernel/dist/export/onnx/int4/mat-mul-bits.js'));

export function* blockCases() {
  for (const [inputs, units, blockSize] of [
    [64, 48, 32],
    [40, 7, 16],
    [300, 33, 128],
  ]) {
    const kernel = tf.randomNormal([inputs, units], 0, 1, 'float32', inputs);
    const data = kernel.dataSync();
    const { packed, scales } = blockKernel({ data, shape: kernel.shape }, blockSize);
    yield {
      name: `blocks of ${blockSize} of [${inputs}, ${units}]`,
      inputs,
      units,
      blockSize,
      data,
      packed,
      scales,
    };
  }
}
