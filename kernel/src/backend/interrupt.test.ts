import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOST } from '../host';
import { nativeMemory } from './load';
import { loadBackend } from '../start';
import { setCastPlanner } from './planner';

/** A host whose user presses interrupt after `ops` ops. */
function interruptAfter(ops: number): void {
  let left = ops;
  (globalThis as { [HOST]?: unknown })[HOST] = {
    onCellEnd: () => undefined,
    throwIfInterrupted: () => {
      left -= 1;
      if (left < 0) throw new Error('interrupted');
    },
  };
}

beforeAll(() => {
  loadBackend();
});

afterEach(() => {
  (globalThis as { [HOST]?: unknown })[HOST] = undefined;
  setCastPlanner(undefined);
});

const quiet = (epochs: number) => ({ epochs, verbose: 0 }) as unknown as tf.ModelFitArgs;

function engineState(): unknown {
  const { state } = tf.engine() as unknown as {
    state: {
      kernelDepth: number;
      gradientDepth: number;
      scopeStack: unknown[];
      activeTape?: unknown;
    };
  };
  return [
    state.kernelDepth,
    state.gradientDepth,
    state.scopeStack.length,
    state.activeTape ?? null,
  ];
}

describe('an interrupt between two ops', () => {
  it.each([0, 1, 5, 12, 20, 33])(
    'after %i of them leaves tensors, handles and the engine as they were',
    (ops) => {
      setCastPlanner((op) => (op.includes('MatMul') ? 'bf16' : 'fp32'));
      const x = tf.ones([4, 4]);
      const w = tf.variable(tf.ones([4, 4]));
      const optimizer = tf.train.sgd(0.1);
      const step = (): void => {
        tf.tidy(() => {
          optimizer.minimize(() =>
            tf.mean(tf.square(tf.fused.matMul({ a: x, b: w, activation: 'relu' }))).asScalar(),
          );
        });
      };
      step();
      const before = [tf.memory().numTensors, nativeMemory()?.handles, engineState()];
      interruptAfter(ops);
      expect(() => {
        for (let i = 0; i < 50; i++) step();
      }).toThrow('interrupted');
      (globalThis as { [HOST]?: unknown })[HOST] = undefined;
      expect([tf.memory().numTensors, nativeMemory()?.handles, engineState()]).toEqual(before);
      step();
      expect(w.dataSync().every(Number.isFinite)).toBe(true);
    },
  );

  it('stops model.fit, which then goes on with the variables it had', async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const [x, y] = [tf.ones([8, 2]), tf.ones([8, 1])];
    interruptAfter(200);
    await expect(model.fit(x, y, quiet(1000))).rejects.toThrow('interrupted');
    (globalThis as { [HOST]?: unknown })[HOST] = undefined;
    const again = await model.fit(x, y, quiet(2)).catch((error: unknown) => error);
    expect(again).toHaveProperty('history');
  });
});
