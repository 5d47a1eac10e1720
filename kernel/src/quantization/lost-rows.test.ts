import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { HalfnoteError } from '../errors';
import { runGraph } from '../execution/run-graph';
import { EVERY_LAYER, inputsOf, modelOf } from '../models/every-layer.fixture';
import { loadBackend } from '../start';
import type { QuantizeOptions } from './options';
import { quantize } from './quantize';
import { quantizeGraph } from './quantize-graph';

loadBackend();

/** One value of each row: the first and the last are as they were. */
const BAD = [undefined, NaN, Infinity, -Infinity, 1e30, undefined];

/** `x` with bad rows between its first and its last. */
function spoiled(x: tf.Tensor): tf.Tensor {
  const values = Float32Array.from(x.dataSync());
  const size = values.length / BAD.length;
  BAD.forEach((value, row) => {
    if (value !== undefined) values[row * size + Math.floor(size / 2)] = value;
  });
  return tf.tensor(values, x.shape);
}

const MODES: Readonly<Record<string, (x: tf.Tensor) => QuantizeOptions>> = {
  static: (x) => ({ calibrate: x }),
  dynamic: () => ({ mode: 'dynamic' }),
  'weight-only': () => ({ mode: 'weight-only' }),
  int4: () => ({ weights: 'int4', mode: 'weight-only' }),
};
/** Weights alone are the same whatever is around the products: of these kinds, and in the others not tried. */
const WEIGHTS_ALONE = ['Dense', 'Conv2D', 'DepthwiseConv2D', 'GRU', 'MultiHeadAttention'];
/** Weight-only products are in float: a bad row gives what the float model gives. */
const IN_FLOAT = 'weight-only';

const ENGINES = ['tensorflow', 'onnxruntime', 'simulated'] as const;

describe('a bad row in a batch', () => {
  test.each(Object.entries(EVERY_LAYER))(
    'is NaN and leaves the others alone around %s, in every mode and engine',
    async (name, kind) => {
      const model = modelOf(name, kind);
      const x = inputsOf(kind);
      const [first, last] = [0, BAD.length - 1].map((row) => tf.slice(x, row, 1));
      const good = tf.concat([first as tf.Tensor, last as tf.Tensor]);
      for (const [mode, optionsOf] of Object.entries(MODES)) {
        if (/weight|int4/.test(mode) && !WEIGHTS_ALONE.includes(name)) continue;
        const { graph } = await quantizeGraph(model, optionsOf(x));
        for (const engine of ENGINES) {
          const runner = await runGraph(graph, { engine }).catch((error: unknown) => {
            if (error instanceof HalfnoteError && error.code === 'onnx-unsupported') return;
            throw error;
          });
          if (runner === undefined) continue;
          const alone = runner.predict([good])[0] as tf.Tensor;
          const among = runner.predict([spoiled(x)])[0] as tf.Tensor;
          const rows = tf.unstack(among).map((row) => [...row.dataSync()]);
          const place = `${mode}, ${engine}`;
          expect(
            rows.map((row) => (row.every(Number.isNaN) ? 'lost' : 'kept')),
            place,
          ).toEqual(
            BAD.map((value, i) =>
              value === undefined || (mode === IN_FLOAT && !rows[i]?.every(Number.isNaN))
                ? 'kept'
                : 'lost',
            ),
          );
          [...alone.dataSync()].forEach((y, i) => {
            const size = alone.size / 2;
            const row = rows[i < size ? 0 : BAD.length - 1];
            expect(row?.[i % size], place).toBeCloseTo(y, 4);
          });
          runner.dispose();
        }
      }
    },
  );

  test('is the same for the engine that is chosen by time, and in large batches', async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [5] })] });
    const x = tf.randomNormal([2000, 5], 0, 1, 'float32', 1);
    const small = await quantize(model);
    const values = Float32Array.from(x.dataSync());
    values[7 * 5] = NaN;
    values[1999 * 5 + 4] = -Infinity;
    const y = small.predict(tf.tensor(values, [2000, 5]), { batchSize: 2000 }) as tf.Tensor;
    const lost = tf.unstack(y).flatMap((row, i) => (row.dataSync().some(Number.isNaN) ? [i] : []));
    expect(lost).toEqual([7, 1999]);
    expect(small.choices).toHaveLength(1);
    small.dispose();
  });

  test('of a layer in the middle stays in its row, natively and simulated', async () => {
    // The root of a negative number: row 1 has one after the first layer.
    const x = tf.input({ shape: [4] });
    const root = new Root({ name: 'root' });
    const middle = root.apply(x) as tf.SymbolicTensor;
    const model = tf.model({
      inputs: x,
      outputs: tf.layers
        .dense({ units: 2, kernelInitializer: 'ones' })
        .apply(middle) as tf.SymbolicTensor,
    });
    const data = tf.tensor2d([
      [1, 4, 9, 16],
      [1, 1, -1, 1],
      [16, 9, 4, 1],
    ]);
    for (const engine of ['tensorflow', 'simulated'] as const) {
      const small = await quantize(model, { engine });
      const y = (small.predict(data) as tf.Tensor).arraySync() as number[][];
      expect(y[1]).toEqual([NaN, NaN]);
      for (const row of [y[0], y[2]])
        for (const value of row ?? []) expect(value).toBeCloseTo(10, 1);
      small.dispose();
    }
  });
});

class Root extends tf.layers.Layer {
  static readonly className = 'SquareRoot';
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.sqrt([inputs].flat()[0] as tf.Tensor);
  }
}
tf.serialization.registerClass(Root);
