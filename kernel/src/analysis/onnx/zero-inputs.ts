import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import type { OnnxModel } from '../../export/onnx/onnx-model';
import { tensorType } from '../../export/onnx/onnx-runtime';
import type { OnnxValue } from '../../export/onnx/summary';
import { checkBatchSize } from '../cost/batch-size';

/**
 * Zeros for each input of a model, by name. The batch is the open first axis, and each size of the same
 * name.
 * @param openSize What all other open sizes are; without it they may not be open.
 * @throws HalfnoteError `invalid-batch-size`, `unknown-shape`.
 */
export function zeroInputs(
  model: OnnxModel,
  batchSize: number | undefined,
  openSize?: number,
): Readonly<Record<string, tf.Tensor>> {
  const rows = checkBatchSize(batchSize ?? 1);
  const firsts = model.inputs.map(({ shape }) => shape?.[0]);
  const [fixed] = firsts.filter((size) => typeof size === 'number');
  const isOpen = firsts.some((size) => typeof size === 'string');
  if (batchSize !== undefined && !isOpen && fixed !== undefined && fixed !== batchSize) {
    throw new HalfnoteError(
      'invalid-batch-size',
      `batchSize is ${batchSize}, but '${model.source}' takes ${fixed} rows at once.`,
      'Leave it out.',
    );
  }
  const names = new Set(firsts.filter((size) => size !== '?'));
  const shapes = model.inputs.map((input) =>
    shapeOf(input, model, (size, axis) => (axis === 0 || names.has(size) ? rows : openSize)),
  );
  return Object.fromEntries(
    model.inputs.map((input, i) => {
      const dtype = tensorType(input, 'input').gives;
      const shape = [...(shapes[i] ?? [])];
      return [input.name, dtype === 'string' ? tf.fill(shape, '', dtype) : tf.zeros(shape, dtype)];
    }),
  );
}

function shapeOf(
  { name, shape }: OnnxValue,
  { source }: OnnxModel,
  sizeOf: (size: string, axis: number) => number | undefined,
): readonly number[] {
  const sizes = shape?.map((size, axis) => (typeof size === 'number' ? size : sizeOf(size, axis)));
  if (sizes !== undefined && sizes.every((size) => size !== undefined)) return sizes;
  throw new HalfnoteError(
    'unknown-shape',
    `The input '${name}' of '${source}' has the shape ${shape === undefined ? 'unknown' : `[${shape.join(', ')}]`}; only the batch may be open.`,
    'Give real inputs as `data: { x }`.',
  );
}
