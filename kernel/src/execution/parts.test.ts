import * as tf from '@tensorflow/tfjs';
import { describe, expect, it, test } from 'vitest';
import { loadBackend } from '../start';
import { weightRange } from '../integer/choose';
import type { LinearOp, QuantizedGraph } from '../graph/quantized-graph';
import type { AffineParams } from '../integer/affine';
import { partsOf, rowsAtOnce } from './parts';
import { chain, generator, randomWeights } from './reference.fixture';
import { runGraph } from './run-graph';

const facts = loadBackend();
const CODES: AffineParams = { scale: Math.fround(0.02), zeroPoint: 100 };

/** A convolution of images of 1 MiB. */
function pointwise(input: LinearOp['input'], batch: number | null = null): QuantizedGraph {
  const op: LinearOp = {
    kind: 'linear',
    geometry: { kind: 'conv2d', kernel: [1, 1, 4, 8], strides: [1, 1], padding: 'valid' },
    weights: randomWeights(4, 8, weightRange(facts).max, generator(1)),
    bias: new Float32Array(8),
    activation: 'linear',
    input,
  };
  const params = input === 'static' ? CODES : undefined;
  const graph = chain({ shape: [1, 256, 256, 4], params }, [
    { op, shape: [1, 256, 256, 8], params },
  ]);
  const values = [...graph.values].map(
    ([id, value]) => [id, { ...value, shape: [batch, ...value.shape.slice(1)] }] as const,
  );
  const inputs = graph.inputs.map((value) => ({ ...value, shape: [batch, 256, 256, 4] }));
  return { ...graph, inputs, values: new Map(values) };
}

describe('rowsAtOnce', () => {
  it('keeps the largest value of a part in 16 MiB', () => {
    expect(rowsAtOnce(pointwise('static'))).toBe(8);
  });

  it('takes a batch whole where its rows share a range, or its size is fixed', () => {
    expect(rowsAtOnce(pointwise('dynamic'))).toBe(Infinity);
    expect(rowsAtOnce(pointwise('static', 40))).toBe(Infinity);
  });
});

describe('partsOf', () => {
  test.each([
    [5, Infinity, [5]],
    [8, 8, [8]],
    [9, 8, [5, 4]],
    [256, 20, [...Array<number>(12).fill(20), 16]],
    [0, 4, [0]],
    [3, 1, [1, 1, 1]],
  ])('cuts %i rows, %d at a time, into %j', (rows, atOnce, counts) => {
    const parts = partsOf(rows, atOnce);
    expect(parts.map(({ count }) => count)).toEqual(counts);
    let next = 0;
    for (const { start, count } of parts) {
      expect(start).toBe(next);
      next += count;
    }
  });
});

describe('a batch in parts', () => {
  const x = tf.randomNormal([19, 256, 256, 4], 0, 1, 'float32', 1);

  test.each(['tensorflow', 'onnxruntime'] as const)(
    'has the codes of its rows alone, in %s, and leaves no tensor',
    async (engine) => {
      const runner = await runGraph(pointwise('static'), { engine });
      const [warm] = runner.predict([x]);
      warm?.dispose();
      const before = tf.memory().numTensors;
      const [y] = runner.predict([x]);
      expect(tf.memory().numTensors).toBe(before + 1);
      expect(y?.shape).toEqual([19, 256, 256, 8]);
      for (const row of [0, 9, 10, 18]) {
        const [alone] = runner.predict([x.slice(row, 1)]);
        const distance = tf.max(tf.abs(tf.sub(alone as tf.Tensor, (y as tf.Tensor).slice(row, 1))));
        expect(distance.dataSync()[0]).toBe(0);
      }
      expect(new Set(y?.slice([18, 255], [1, 1]).dataSync()).size).toBeGreaterThan(50);
      runner.dispose();
    },
  );
});
