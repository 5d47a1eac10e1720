import { expect, it } from 'vitest';
import { layerOf } from './layer-name';

it.each([
  ['dense_1', 'dense_1'],
  ['dense_1/kernel', 'dense_1'],
  ['encoder/dense_1/bias_2', 'encoder/dense_1'],
  ['block/attention/query_kernel', 'block/attention'],
  ['norm/moving_variance', 'norm'],
  ['encoder/dense_1', 'encoder/dense_1'],
  ['/model.0/conv/Conv', '/model.0/conv/Conv'],
  ['/kernel', '/kernel'],
  [' dense_1\n (2 calls) ', 'dense_1'],
])('reads %j as the layer %j', (name, layer) => {
  expect(layerOf(name)).toBe(layer);
});
