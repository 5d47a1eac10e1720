import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { attr } from '../../backend/attributes';
import { DT } from '../../backend/dtypes';
import { deleteHandles, handleOf, rawOp } from '../../backend/raw';
import { HandleScope } from '../../integer/handles';
import type { LinearOp } from '../../graph/quantized-graph';
import type { Geometry } from '../../integer/product';
import type { AffineParams } from '../../integer/affine';
import {
  exactLinear,
  generator,
  randomCodes,
  randomWeights,
  toReal,
  weightLimit,
} from '../reference.fixture';
import { Value } from '../value';
import { NativeAffine } from './boundary';
import { SumsLinear } from './sums-linear';

const limit = weightLimit();
const INPUT: AffineParams = { scale: Math.fround(0.013), zeroPoint: 77 };
const DENSE = { kind: 'dense', inputs: 24, units: 10 } as const;
const CONV = { kind: 'conv2d', kernel: [3, 3, 24, 10], strides: [1, 1], padding: 'same' } as const;

/** Both forms of a dense product, of which a measurement chooses one, and a convolution. */
const CASES: readonly [Geometry, boolean, readonly number[]][] = [
  ...[false, true].flatMap((as1x1) =>
    [[6], [1], [6, 3], [1, 1], [6, 8, 8], [1, 1, 6], [1, 1, 1], [2, 3, 2, 2]].map(
      (rows): [Geometry, boolean, readonly number[]] => [DENSE, as1x1, rows],
    ),
  ),
  [CONV, false, [2, 5, 4]],
];

describe('a product from codes to real numbers', () => {
  test.each(CASES)(
    'gives the next op the shape that its result says: %o, as 1x1 %s, rows %j',
    (geometry, as1x1, rows) => {
      const random = generator(1);
      const depth = geometry.kind === 'dense' ? 24 : 9 * 24;
      const op: LinearOp = {
        kind: 'linear',
        geometry,
        weights: randomWeights(depth, 10, limit.max, random),
        bias: Float32Array.from({ length: 10 }, () => random() - 0.5),
        activation: 'relu',
        input: 'static',
      };
      const codes = randomCodes([...rows, 24], random);
      const exact = exactLinear(op, INPUT, codes);
      const scope = new HandleScope();
      const node = new SumsLinear(op, INPUT, '', as1x1);
      const x = tf.tensor(toReal(codes.values, INPUT), [...codes.shape]);
      const value = new Value({ kind: 'float', tensor: x }, new NativeAffine(INPUT, scope), true);
      const result = node.run([value]);
      const y = result.kind === 'float' ? result.tensor : undefined;

      expect(y?.shape).toEqual([...rows, 10]);
      expect(nativeShape(y as tf.Tensor)).toEqual([...rows, 10]);
      const last = tf.tidy(() => tf.slice(y as tf.Tensor, (rows[0] ?? 1) - 1, 1).dataSync());
      const expected = exact.values.slice(-last.length);
      expect(last).toHaveLength(exact.values.length / (rows[0] ?? 1));
      const largest = Math.max(...exact.values);
      last.forEach((actual, i) => {
        expect(Math.abs(actual - (expected[i] ?? NaN))).toBeLessThan(1e-6 * largest);
      });
      tf.dispose([x, y]);
      value.dispose();
      node.dispose();
      scope.dispose();
    },
  );
});

/** What TensorFlow takes the shape for, whatever tfjs says it is. */
function nativeShape(tensor: tf.Tensor): readonly number[] | undefined {
  const [same] = rawOp('Identity', [attr.type('T', DT.float)], [handleOf(tensor)]);
  if (same !== undefined) deleteHandles(same.id);
  return same?.shape;
}
