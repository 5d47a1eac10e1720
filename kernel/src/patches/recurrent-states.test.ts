import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { loadBackend } from '../start';

loadBackend();

const { layers } = tf;
const CLASSES = { SimpleRNN: layers.simpleRNN, GRU: layers.gru, LSTM: layers.lstm };

test.each(Object.entries(CLASSES))(
  'output and states of %s are used by one layer each, in predict as in training',
  async (_, make) => {
    const x = tf.input({ shape: [3, 2] });
    const [y = x, ...states] = make({ units: 4, returnState: true }).apply(
      x,
    ) as tf.SymbolicTensor[];
    const read = [y, ...states].map(
      (value) => layers.dense({ units: 1, useBias: false }).apply(value) as tf.SymbolicTensor,
    );
    const model = tf.model({ inputs: x, outputs: read });
    const given = tf.randomNormal([2, 3, 2], 0, 1, 'float32', 1);
    const outputs = model.predict(given) as tf.Tensor[];
    // Called outside of a model's predict, which frees tensors on its way.
    const expected = model.apply(given, { training: true }) as tf.Tensor[];
    outputs.forEach((output, i) => {
      expect(output.arraySync()).toEqual(expected[i]?.arraySync());
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const losses = await model.trainOnBatch(given, outputs);
    expect([losses].flat().every((loss) => Math.abs(loss) < 1e-9)).toBe(true);
  },
);
