import * as tf from '@tensorflow/tfjs';
import { type MappedLayer, numbersOf, onImages, textOf } from '../mapped';
import type { GraphModelNode } from '../read-graph';

/** How a convolution moves over images. */
export interface Window {
  readonly strides: [number, number];
  readonly dilationRate: [number, number];
  readonly padding: 'same' | 'valid';
  /** Zeros around the image, where the node says how many. */
  readonly before: readonly MappedLayer[];
}

/** Reads it; undefined where batch or channels take part, or come in another order. */
export function windowOf(node: GraphModelNode): Window | undefined {
  const strides = onImages(numbersOf(node, 'strides'));
  const dilationRate = onImages(numbersOf(node, 'dilations'));
  const format = textOf(node, 'dataFormat');
  if (strides === undefined || dilationRate === undefined || format === 'nchw') return undefined;
  const pad = textOf(node, 'pad');
  if (pad === 'same' || pad === 'valid') {
    return { strides, dilationRate, padding: pad, before: [] };
  }
  const [, , top = 0, bottom = 0, left = 0, right = 0] = numbersOf(node, 'explicitPaddings');
  if (pad !== 'explicit') return undefined;
  const padding: [[number, number], [number, number]] = [
    [top, bottom],
    [left, right],
  ];
  const before = [
    { part: 'padding', make: (name: string) => tf.layers.zeroPadding2d({ name, padding }) },
  ];
  return { strides, dilationRate, padding: 'valid', before };
}
