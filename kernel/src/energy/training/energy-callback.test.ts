import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOST, type DisplayOutput, type Host } from '../../host';
import { QUIET } from '../../precision/quiet.fixture';
import { combined } from '../../quantities/make';
import { ensureBackend } from '../../start';
import { energyCallback, type SpanMeter } from './energy-callback';
import { energyPerEpoch } from './energy-per-epoch';
import { stopFits } from './running-fits';

beforeAll(async () => {
  await ensureBackend();
});
afterEach(() => {
  (globalThis as { [HOST]?: unknown })[HOST] = undefined;
});

/** A device that takes 10 J more from one span to the next, from 20 J on. */
function simulated(): {
  readonly meter: SpanMeter;
  readonly names: string[];
  readonly open: () => number;
} {
  const names: string[] = [];
  let ended = 0;
  const meter: SpanMeter = {
    begin: (name) => Promise.resolve(names.push(name)),
    end: (id) => {
      ended += 1;
      const energyJ = combined(10 + 10 * id, {}, { method: 'estimated' });
      return Promise.resolve({ durationS: 1, energyJ, machineJ: energyJ });
    },
  };
  return { meter, names, open: () => names.length - ended };
}

function model(): tf.LayersModel {
  const net = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [4] })] });
  net.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return net;
}

const x = tf.ones([60, 4]);
const y = tf.ones([60, 1]);

describe('energyCallback', () => {
  it('gives the joules of each epoch and sample of a fit', async () => {
    const { meter, names } = simulated();
    const callback = energyCallback({ meter });
    await model().fit(x, y, { epochs: 3, batchSize: 16, verbose: QUIET, callbacks: callback });
    const { epochs, perEpochJ, perSampleJ, predictedJ } = callback.energy;
    expect(names).toEqual(['epoch 1', 'epoch 2', 'epoch 3']);
    expect(epochs).toMatchObject([
      { epoch: 1, samples: 60, batches: 4, energyJ: { value: 20 } },
      { epoch: 2, samples: 60, batches: 4, energyJ: { value: 30 } },
      { epoch: 3, samples: 60, batches: 4, energyJ: { value: 40 } },
    ]);
    expect(perEpochJ?.value).toBe(30);
    expect(perSampleJ?.value).toBeCloseTo(0.5, 12);
    expect(predictedJ?.value).toBe(90);
  });

  it('predicts the whole run after its first epoch', async () => {
    const { meter } = simulated();
    const predicted: (number | undefined)[] = [];
    const callback = energyCallback({ meter });
    const other = new tf.CustomCallback({
      onEpochEnd: () => void predicted.push(callback.energy.predictedJ?.samples),
    });
    const net = model();
    const callbacks = [callback, other] as tf.Callback[];
    await net.fit(x, y, { epochs: 4, verbose: QUIET, callbacks });
    expect(predicted).toEqual([1, 2, 3, 4]);
    const { line } = callback.energy;
    expect(line).toMatch(/^epoch 4 of 4: /);
  });

  it('counts only the epochs that are left when training goes on', async () => {
    const { meter } = simulated();
    const callback = energyCallback({ meter });
    await model().fit(x, y, { epochs: 5, initialEpoch: 3, verbose: QUIET, callbacks: callback });
    expect(callback.energy).toMatchObject({
      plannedEpochs: 2,
      epochs: [{ epoch: 4 }, { epoch: 5 }],
    });
  });

  it('works beside plain objects too, where tfjs hides the number of epochs', async () => {
    const { meter } = simulated();
    const callback = energyCallback({ meter });
    const predicted: unknown[] = [];
    const other = { onEpochBegin: () => void predicted.push(callback.energy.predictedJ) };
    const callbacks = [other, callback] as tf.CustomCallbackArgs[];
    await model().fit(x, y, { epochs: 2, verbose: QUIET, callbacks });
    expect(callback.energy.epochs).toHaveLength(2);
    expect(predicted).toEqual([undefined, undefined]);
  });

  it('keeps what was measured when the fit is stopped', async () => {
    const { meter, open } = simulated();
    const callback = energyCallback({ meter });
    const net = model();
    const stop = new tf.CustomCallback({
      onEpochEnd: (epoch) => {
        if (epoch === 1) expect(stopFits()).toBe(1);
      },
    });
    const before = net.getWeights()[0]?.arraySync();
    const callbacks = [callback, stop] as tf.Callback[];
    const { epoch } = await net.fit(x, y, { epochs: 50, verbose: QUIET, callbacks });
    expect(epoch).toEqual([0, 1]);
    expect(net.getWeights()[0]?.arraySync()).not.toEqual(before);
    expect(callback.energy.epochs).toHaveLength(2);
    expect(open()).toBe(0);
    // Nothing trains any more, and another fit isn't hit.
    expect(stopFits()).toBe(0);
    const again = await net.fit(x, y, { epochs: 2, verbose: QUIET });
    expect(again.epoch).toHaveLength(2);
  });

  it.each([
    ['by itself', (callback: tf.Callback) => [callback]],
    [
      'beside plain objects',
      (callback: tf.Callback) => [{ onTrainBegin: () => undefined }, callback],
    ],
  ])('closes its epoch when the fit fails (%s)', async (_where, beside) => {
    const { meter, open } = simulated();
    const callback = energyCallback({ meter });
    let batches = 0;
    const failing = {
      onBatchEnd: (): void => {
        if (++batches === 5) throw new Error('out of luck');
      },
    };
    const others = beside(callback);
    const last = others.length === 1 ? new tf.CustomCallback(failing) : failing;
    const callbacks = [...others, last] as tf.Callback[];
    await expect(
      model().fit(x, y, { epochs: 3, batchSize: 16, verbose: QUIET, callbacks }),
    ).rejects.toThrow('out of luck');
    expect(open()).toBe(0);
    const { epochs, hasEnded } = callback.energy;
    expect(hasEnded).toBe(true);
    expect(epochs).toMatchObject([
      { epoch: 1, isCut: false, batches: 4 },
      { epoch: 2, isCut: true, batches: 1 },
    ]);
  });

  it('tells an epoch that was cut, and predicts nothing once training has ended', async () => {
    const { meter } = simulated();
    const callback = energyCallback({ meter });
    let batches = 0;
    const stop = new tf.CustomCallback({
      onBatchEnd: () => {
        if (++batches === 6) stopFits();
      },
    });
    const callbacks = [callback, stop] as tf.Callback[];
    await model().fit(x, y, { epochs: 9, batchSize: 16, verbose: QUIET, callbacks });
    const { epochs, perEpochJ, predictedJ, line } = callback.energy;
    expect(epochs.map(({ isCut }) => isCut)).toEqual([false, true]);
    expect(perEpochJ?.value).toBe(20);
    expect(predictedJ?.value).toBe(50);
    expect(line).toMatch(/^epoch 2 of 9, cut short: .* 50\.00 J so far/);
    expect(line).not.toContain('predicted');
  });

  it('shows one line below the cell, and keeps it up to date', async () => {
    const shown: DisplayOutput[] = [];
    const host: Pick<Host, 'display' | 'throwIfInterrupted' | 'onCellEnd'> = {
      display: (output) => void shown.push(output),
      throwIfInterrupted: () => undefined,
      onCellEnd: () => undefined,
    };
    (globalThis as { [HOST]?: unknown })[HOST] = host;
    const { meter } = simulated();
    await model().fit(x, y, { epochs: 3, verbose: QUIET, callbacks: energyCallback({ meter }) });
    expect(shown[0]).toMatchObject({ update: false });
    expect(new Set(shown.map(({ displayId }) => displayId)).size).toBe(1);
    expect(shown.at(-1)).toMatchObject({
      update: true,
      data: {
        'text/plain': expect.stringMatching(/^epoch 3 of 3: .* so far, estimated$/) as string,
      },
    });
    const count = shown.length;
    const silent = energyCallback({ meter, live: false });
    await model().fit(x, y, { epochs: 1, verbose: QUIET, callbacks: silent });
    expect(shown).toHaveLength(count);
  });

  it('lets timers and messages have their turn while a fit runs', async () => {
    const { meter } = simulated();
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 10);
    const slow = new tf.CustomCallback(
      { onBatchEnd: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60) },
      'never',
    );
    const callbacks = [energyCallback({ meter }), slow] as tf.Callback[];
    await model().fit(x, y, { epochs: 1, batchSize: 6, verbose: QUIET, callbacks });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
  });
});

describe('energyPerEpoch', () => {
  it('trains as fit does, with the callbacks that it is given, and measures here', async () => {
    const ended: number[] = [];
    const net = model();
    const { history, energy } = await energyPerEpoch(net, x, y, {
      epochs: 2,
      verbose: QUIET,
      callbacks: { onEpochEnd: (epoch) => void ended.push(epoch) },
    });
    expect(history.epoch).toEqual([0, 1]);
    expect(ended).toEqual([0, 1]);
    expect(energy.plannedEpochs).toBe(2);
    expect(energy.epochs).toHaveLength(2);
    expect(energy.spentJ.value).toBeGreaterThanOrEqual(0);
    expect(energy.spentJ.method).toMatch(/estimated|modelled/);
    expect(String(energy)).toContain('Energy of training, epoch 2 of 2');
  });
});
