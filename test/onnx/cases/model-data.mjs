/** Weights, inputs and expected outputs of a case's model. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';

const require = createRequire(join(root, 'kernel/package.json'));
const { blockKernel, isBlockable } = require(
  join(root, 'kernel/dist/export/onnx/int4/mat-mul-bits.js'),
);

/** Random weights, variances positive, so that no zero or one hides a mistake. */
export function randomize(model, seed = 1) {
  for (const [i, weight] of model.weights.entries()) {
    const shape = weight.shape;
    const positive = /variance/.test(weight.originalName);
    const value = positive
      ? tf.randomUniform(shape, 0.5, 2, 'float32', seed + i)
      : tf.randomNormal(shape, /gamma/.test(weight.originalName) ? 1 : 0, 0.3, 'float32', seed + i);
    weight.write(value);
  }
}

/** One tensor per input: a batch of 3, open sizes from `spec.open`, values from `spec.data`. */
export function inputsFor(model, { open = 5, data, batch = 3 }) {
  return model.inputs.map(({ shape, dtype }, i) => {
    const sizes = shape.map((size, axis) => size ?? (axis === 0 ? batch : open));
    if (data !== undefined) return data(sizes, i);
    if (dtype === 'int32') return tf.randomUniform(sizes, 0, 7, 'int32', 11 + i);
    return tf.randomNormal(sizes, 0, 1, 'float32', 11 + i);
  });
}

export function predict(model, inputs) {
  return [model.predict(inputs.length === 1 ? inputs[0] : inputs)].flat();
}

const DENSE_LIKE = ['Dense', 'MultiHeadAttention'];

/** What the model gives with its dense kernels rounded to blocks of four bits by our own arithmetic. */
export function expectInt4(model, inputs, blockSize = 32) {
  let rounded = 0;
  for (const { layer } of layersOf(model)) {
    if (!DENSE_LIKE.includes(layer.getClassName())) continue;
    const weights = layer.getWeights().map((tensor) => {
      const kernel = { data: Float32Array.from(tensor.dataSync()), shape: tensor.shape };
      if (tensor.rank !== 2 || !isBlockable(kernel)) return tensor;
      rounded++;
      return tf.tensor(unblocked(kernel, blockSize), tensor.shape);
    });
    layer.setWeights(weights);
  }
  if (rounded === 0) throw new Error('the model has no dense kernel that is worth four bits');
  return predict(model, inputs);
}

function* layersOf(model) {
  for (const layer of model.layers) {
    if (layer instanceof tf.LayersModel) yield* layersOf(layer);
    else yield { layer: layer.getClassName() === 'TimeDistributed' ? layer.layer : layer };
  }
}

/** `(code - 8) * scale`, element by element, from the packed bytes. */
function unblocked({ data, shape }, blockSize) {
  const [inputs, units] = shape;
  const { packed, scales, blocks } = blockKernel({ data, shape }, blockSize);
  const values = new Float32Array(inputs * units);
  for (let k = 0; k < inputs; k++) {
    for (let n = 0; n < units; n++) {
      const at = n * blocks * blockSize + k;
      const byte = packed[at >> 1];
      const code = at % 2 === 0 ? byte & 0xf : byte >> 4;
      values[k * units + n] = (code - 8) * scales[n * blocks + Math.floor(k / blockSize)];
    }
  }
  return values;
}
