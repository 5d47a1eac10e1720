import { inspect } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { loadBackend } from '../start';

beforeAll(() => {
  loadBackend();
});

it('prints the values of tensors, in objects too', () => {
  const x = tf.tensor2d([[1, 2]]);
  expect(inspect(x)).toBe('Tensor float32 [1, 2]\n     [[1, 2],]');
  expect(inspect({ batch: { x, n: 1 } })).toMatch(
    /x: Tensor float32 \[1, 2\]\n.*\[\[1, 2\],\],\s+n: 1/,
  );
  expect(inspect({ a: { b: { c: x } } }, { depth: 2 })).toContain('[Tensor float32 [1, 2]]');
  const variable = tf.variable(x);
  expect(inspect(variable)).toContain('[[1, 2],]');
  x.dispose();
  expect(inspect(x)).toBe('Tensor float32 [1, 2] (disposed)');
});
