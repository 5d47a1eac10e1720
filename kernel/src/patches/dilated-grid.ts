import * as tf from '@tensorflow/tfjs';
import { numericPadding, type Pad, type Padding, perAxis, spanOf } from './window-geometry';

/**
 * An image dealt out to as many images as a dilated window has holes, over each of which it slides without
 * any: channels stand last, the batch has them all.
 */
export interface Dealt {
  input(x: tf.Tensor): tf.Tensor;
  output(y: tf.Tensor): tf.Tensor;
  /** Back from the dealt input to the input. */
  gathered(dealt: tf.Tensor): tf.Tensor;
}

export function isDilated(attributes: tf.NamedAttrMap, axes: number): boolean {
  return perAxis(attributes['dilations'], axes).some((dilation) => dilation !== 1);
}

export function dealtOut(
  x: tf.Tensor,
  filter: tf.Tensor,
  attributes: tf.NamedAttrMap,
  axes: number,
): Dealt {
  const isFirst = attributes['dataFormat'] === 'NCHW';
  const last = (image: tf.Tensor): tf.Tensor =>
    isFirst ? tf.transpose(image, [0, 2, 3, 1]) : image;
  const first = (image: tf.Tensor): tf.Tensor =>
    isFirst ? tf.transpose(image, [0, 3, 1, 2]) : image;
  const sizes = x.shape.slice(isFirst ? 2 : 1, isFirst ? undefined : -1);
  const dilations = [...perAxis(attributes['dilations'], axes)];
  const pads = paddings(attributes['pad'] as Pad, axes, isFirst, (axis) =>
    spanOf(filter.shape[axis] ?? 1, dilations[axis] ?? 1),
  );
  const grid = pads.map(([before, after], axis) => {
    const dilation = dilations[axis] ?? 1;
    const padded = before + (sizes[axis] ?? 0) + after;
    const rest = Math.ceil(padded / dilation) * dilation - padded;
    return { input: [before, after + rest], output: [0, rest] };
  });
  const inputPads = grid.map(({ input }) => input);
  const outputPads = grid.map(({ output }) => output);
  return {
    input: (image) => tf.spaceToBatchND(last(image), dilations, inputPads),
    output: (image) => tf.spaceToBatchND(last(image), dilations, outputPads),
    gathered: (dealt) => first(tf.batchToSpaceND(dealt, dilations, inputPads)),
  };
}

/** @param span what the window covers of an axis; the stride of a dilated one is 1 */
function paddings(
  pad: Pad,
  axes: number,
  isFirst: boolean,
  span: (axis: number) => number,
): readonly Padding[] {
  const ordered = isFirst && typeof pad === 'object' ? [pad[0], pad[2], pad[3], pad[1]] : pad;
  return (
    numericPadding(ordered as Pad, axes) ??
    Array.from({ length: axes }, (_, axis): Padding => {
      const missing = pad === 'same' ? span(axis) - 1 : 0;
      return [Math.floor(missing / 2), Math.ceil(missing / 2)];
    })
  );
}
