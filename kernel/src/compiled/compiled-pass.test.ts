import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { predictionStatistics } from '../backend/compiled/predictions';
import { programMachine } from '../backend/deferred/steps';
import { ensureBackend } from '../start';
import { CompiledPass } from './compiled-pass';
import { kept } from './kept-programs';

beforeAll(async () => {
  process.env['HALFNOTE_ONE_PROGRAM'] = 'on';
  await ensureBackend();
});

interface Known {
  readonly model: tf.LayersModel;
  readonly compiled: CompiledPass;
  readonly predict: (count: number, times: number) => void;
}

function known(): Known {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  const compiled = new CompiledPass({
    layers: () => [model],
    weights: () => model.weights,
    takesConstants: false,
  });
  const predict = (count: number, times: number): void => {
    const machine = programMachine();
    if (machine === undefined) throw new Error('steps run op by op');
    const x = tf.ones([count, 3]);
    for (let i = 0; i < times; i++) {
      expect(compiled.ready()).toBe(true);
      const run = (): tf.Tensor[] => [model.apply(x) as tf.Tensor];
      tf.tidy(() => [...compiled.batch(machine, 'fp32', [x], run)]);
    }
    x.dispose();
  };
  // Layers are met when they first run.
  predict(1, 1);
  return { model, compiled, predict };
}

it('knows the last used kinds of calls, of all that there are', () => {
  const { model, compiled, predict } = known();
  for (let count = 2; count < 200; count++) predict(count, 1);
  expect(compiled.kinds).toBe(64);
  const before = kept.size;
  for (let count = 200; count < 300; count++) predict(count, 4);
  expect(compiled.kinds).toBe(64);
  expect(kept.size - before).toBe(64);
  model.dispose();
});

it('records a kind of calls from the second on', () => {
  const { model, predict } = known();
  const ran = (): number => predictionStatistics().asOneProgram;
  const before = ran();
  predict(5, 3);
  expect(ran()).toBe(before);
  predict(5, 1);
  expect(ran()).toBe(before + 1);
  model.dispose();
});
