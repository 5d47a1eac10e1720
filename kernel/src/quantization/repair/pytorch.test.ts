import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadBackend } from '../../start';
import { fuseGraph } from '../../graph/fuse';
import { corrected, empiricalCorrection } from './bias-correction';
import { equalize } from './equalize';
import { product, weightTensors } from '../../graph/run-node';
import { weightShape } from '../../integer/product';
import { linearNodes } from './float-graph';
import { findPairs } from './pairs';
import { readModel } from '../../graph/read-model';

loadBackend();

interface Layer {
  readonly weight: readonly number[];
  readonly bias: readonly number[];
}

/** What `test/pytorch/generate_repair.py` wrote. */
const fixture = JSON.parse(readFileSync(resolve('test/pytorch/repair.json'), 'utf8')) as {
  readonly equalized: Readonly<Record<Kind, readonly Layer[]>>;
  readonly corrected: Readonly<Record<Kind, readonly number[]>>;
};

type Kind = 'dense' | 'conv';
const KINDS: readonly Kind[] = ['dense', 'conv'];

/** The generator's numbers. */
const numbers = (size: number, seed: number): Float32Array =>
  Float32Array.from(
    { length: size },
    (_, i) => Math.sin(12.9898 * (i + 1) + seed) * 2 ** (3 * Math.sin(i + seed)),
  );

/** PyTorch has a kernel's outputs first: `[out, in]`, `[out, in, height, width]`. */
function fromTorch(values: Float32Array, shape: readonly number[]): tf.Tensor {
  if (shape.length === 2) return tf.transpose(tf.tensor(values, [...shape].reverse()));
  const [height = 1, width = 1, inputs = 1, outputs = 1] = shape;
  return tf.transpose(tf.tensor(values, [outputs, inputs, height, width]), [2, 3, 1, 0]);
}

/** The generator's model. */
function chain(kind: Kind): tf.Sequential {
  const relu = 'relu' as const;
  const layers =
    kind === 'dense'
      ? [
          tf.layers.dense({ inputShape: [5], units: 6, activation: relu }),
          tf.layers.dense({ units: 4, activation: relu }),
          tf.layers.dense({ units: 3 }),
        ]
      : [
          tf.layers.conv2d({
            inputShape: [6, 6, 2],
            filters: 4,
            kernelSize: 3,
            activation: relu,
          }),
          tf.layers.conv2d({ filters: 3, kernelSize: 2, activation: relu }),
          tf.layers.conv2d({ filters: 5, kernelSize: 1 }),
        ];
  const model = tf.sequential({ layers });
  layers.forEach((layer, i) => {
    const [kernel, bias] = layer.getWeights() as [tf.Tensor, tf.Tensor];
    // The generator counts its ReLUs as layers.
    const seed = 2 * i;
    layer.setWeights([
      fromTorch(numbers(kernel.size, seed), kernel.shape),
      tf.tensor1d(numbers(bias.size, seed + 1)),
    ]);
  });
  return model;
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const [a = NaN, b = NaN] = [actual[i], expected[i]];
    expect(Math.abs(a - b)).toBeLessThan(1e-4 * Math.max(1, Math.abs(b)));
  }
}

describe('repairs against PyTorch', () => {
  test.each(KINDS)('equalization of a chain of three: %s', (kind) => {
    const graph = fuseGraph(readModel(chain(kind)));
    const { pairs } = findPairs(graph);
    expect(pairs).toHaveLength(2);
    const { graph: equal } = equalize(graph, pairs, { range: 'span', tolerance: 1e-7 });
    linearNodes(equal).forEach(({ op }, i) => {
      const expected = fixture.equalized[kind][i];
      const weight = fromTorch(Float32Array.from(expected?.weight ?? []), weightShape(op.geometry));
      expectClose(op.kernel, weight.dataSync());
      expectClose(op.bias, expected?.bias ?? []);
    });
  });

  test.each(KINDS)('bias correction of one layer: %s', (kind) => {
    const [node] = linearNodes(fuseGraph(readModel(chain(kind))));
    if (node === undefined) throw new Error('no layer');
    const { geometry, kernel, bias } = node.op;
    const x =
      kind === 'dense'
        ? tf.tensor2d(numbers(100, 9), [20, 5])
        : tf.transpose(tf.tensor4d(numbers(1440, 9), [20, 2, 6, 6]), [0, 2, 3, 1]);
    const target = product(x, weightTensors(node.op), geometry);
    const rounded = tf.round(tf.tensor1d(kernel)).dataSync<'float32'>();
    const correction = empiricalCorrection(node, rounded, { inputs: [x], targets: [target] });
    expectClose(corrected(bias, correction), fixture.corrected[kind]);
  });
});
