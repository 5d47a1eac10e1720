import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { loadBackend } from '../../start';
import { fuseGraph } from '../../graph/fuse';
import type { WeightCodes } from '../../graph/quantized-graph';
import type { QuantizeOptions } from '../options';
import { quantize } from '../quantize';
import type { QuantizedModel } from '../quantized-model';
import { linearNodes } from './float-graph';
import { images, mobileNet, PER_TENSOR, rounding, sqnr } from './models.fixture';
import type { RepairStep } from './options';
import { repairGraph } from './repair';
import { streamLayers } from './stream';
import { readModel } from '../../graph/read-model';
import { modelGraph } from '../../models/model-graph';

loadBackend();

describe('repair by quantize', () => {
  /** How far the quantized model's outputs are from the float model's, in decibel. */
  const quality = async (
    model: tf.LayersModel,
    x: tf.Tensor,
    options: QuantizeOptions,
  ): Promise<{ readonly db: number; readonly small: QuantizedModel }> => {
    const small = await quantize(model, options);
    const [float, output] = [model.predict(x), small.predict(x)] as [tf.Tensor, tf.Tensor];
    return { db: sqnr(float.dataSync(), output.dataSync()), small };
  };

  test('rescues per-tensor int8 with integer activations, too', async () => {
    const model = mobileNet({ spread: 1000 });
    const x = images(32, 8);
    const options = { granularity: 'per-tensor', calibrate: images(64, 9) } as const;
    const broken = await quality(model, x, options);
    const rescued = await quality(model, x, { ...options, repair: ['equalize'] });
    expect(broken.db).toBeLessThan(10);
    expect(rescued.db).toBeGreaterThan(broken.db + 8);
    expect(rescued.small.repair?.pairs).toHaveLength(5);
    expect(rescued.small.notes.join(' ')).toContain('Equalized 5 pairs of layers');
    broken.small.dispose();
    rescued.small.dispose();
  });

  test('takes the spellings that 0.1 had', async () => {
    const model = mobileNet();
    const repair = { steps: ['equalise'], equalise: { range: 'span' } } as const;
    const small = await quantize(model, { weights: 'int8', repair });
    expect(small.repair?.steps).toEqual(['equalize']);
    expect(small.repair?.pairs.length).toBeGreaterThan(0);
    small.dispose();
    const odd = { steps: ['equalise'], equalise: { range: 'odd' } } as unknown as typeof repair;
    await expect(quantize(model, { repair: odd })).rejects.toThrow("Unknown range 'odd'");
    const learnt = { steps: ['adaround'], adaround: { regularisation: -1 } } as const;
    await expect(
      quantize(model, { weights: 'int4', calibrate: images(8, 9), repair: learnt }),
    ).rejects.toThrow('adaround.regularization is -1');
  });

  test('keeps the codes that were learnt', async () => {
    const model = mobileNet();
    const x = images(32, 8);
    const calibrate = images(32, 9);
    const steps = ['adaround', 'bias-correction'] as const;
    const nearest = await quality(model, x, { weights: 'int3' });
    const learnt = await quality(model, x, {
      weights: 'int3',
      calibrate,
      repair: { steps, adaround: { iterations: 80 } },
    });
    expect(learnt.db).toBeGreaterThan(nearest.db + 3);
    const codesOf = ({ graph }: QuantizedModel): Map<string, WeightCodes['codes']> =>
      new Map(
        graph.nodes.flatMap(({ id, op }) => (op.kind === 'linear' ? [[id, op.weights.codes]] : [])),
      );
    const [before, after] = [codesOf(nearest.small), codesOf(learnt.small)];
    for (const { id, rounding: own } of learnt.small.repair?.layers ?? []) {
      const changed = after.get(id)?.filter((code, i) => code !== before.get(id)?.[i]);
      expect(changed?.length).toBe(own?.changed);
    }
    nearest.small.dispose();
    learnt.small.dispose();
  });
});

describe('repair', () => {
  test('hands masks of padded sequences on', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.embedding({ inputDim: 10, outputDim: 6, maskZero: true, inputShape: [5] }),
        tf.layers.dense({ units: 8, activation: 'relu' }),
        tf.layers.lstm({ units: 4 }),
        tf.layers.dense({ units: 3 }),
      ],
    });
    const x = tf.tensor2d(
      [
        [3, 4, 0, 0, 0],
        [1, 2, 3, 0, 0],
        [9, 8, 7, 6, 5],
      ],
      [3, 5],
    );
    const graph = fuseGraph(readModel(model));
    const last = linearNodes(graph).at(-1);
    const targets: number[] = [];
    await streamLayers(graph, [[x]], (node, data) => {
      if (node === last) targets.push(...(data.targets[0]?.dataSync() ?? []));
      return Promise.resolve(undefined);
    });
    const expected = (model.predict(x) as tf.Tensor).dataSync();
    expected.forEach((value, i) => {
      expect(targets[i]).toBeCloseTo(value, 5);
    });
  });

  test('frees all that it makes, also when it is stopped', async () => {
    const model = mobileNet();
    const graph = fuseGraph(readModel(model));
    const x = images(16, 1);
    const options = {
      steps: ['equalize', 'adaround', 'bias-correction'] as const,
      adaround: { iterations: 20 },
    };
    const round = rounding({ format: 'int4' });
    await repairGraph(modelGraph(model), graph, round, options, [[x]]);
    const before = tf.memory().numTensors;
    await repairGraph(modelGraph(model), graph, round, options, [[x]]);
    expect(tf.memory().numTensors).toBe(before);
    let calls = 0;
    const stopped: typeof round = (node) => {
      if (++calls === 3) throw new Error('stopped');
      return round(node);
    };
    await expect(repairGraph(modelGraph(model), graph, stopped, options, [[x]])).rejects.toThrow(
      'stopped',
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  test('names unknown steps and missing examples', async () => {
    const model = mobileNet();
    const graph = fuseGraph(readModel(model));
    const run = (steps: readonly string[]): Promise<unknown> =>
      repairGraph(modelGraph(model), graph, PER_TENSOR, { steps: steps as RepairStep[] });
    await expect(run(['equalized'])).rejects.toThrow(
      /Unknown repair 'equalized'\. Allowed: equalize, bias-correction, adaround, gptq, awq, smoothquant\.\nDid you mean 'equalize'\?/,
    );
    await expect(run(['adaround'])).rejects.toThrow(/learns from example inputs/);
  });

  test('refuses settings that cannot be, before it begins', async () => {
    const model = mobileNet();
    const graph = fuseGraph(readModel(model));
    const run = (options: object): Promise<unknown> =>
      repairGraph(modelGraph(model), graph, PER_TENSOR, { steps: ['equalize'], ...options });
    const adaround = (settings: object): Promise<unknown> => run({ adaround: settings });
    await expect(adaround({ iterations: 0 })).rejects.toThrow(
      'adaround.iterations is 0; allowed are integers from 1 on.',
    );
    await expect(adaround({ warmUp: 20 })).rejects.toThrow('numbers from 0 to 1');
    await expect(adaround({ beta: [20, NaN] })).rejects.toThrow('adaround.beta is NaN');
    await expect(run({ equalize: { tolerance: -1 } })).rejects.toThrow('equalize.tolerance is -1');
    await expect(run({ equalize: { range: 'max' } })).rejects.toThrow(
      /Unknown range 'max'\. Allowed: absmax, span/,
    );
  });

  test('does not change the model', async () => {
    const model = mobileNet({ spread: 100 });
    const x = images(4, 1);
    const before = (model.predict(x) as tf.Tensor).dataSync().slice();
    await repairGraph(modelGraph(model), fuseGraph(readModel(model)), PER_TENSOR, {
      steps: ['equalize', 'bias-correction'],
    });
    expect((model.predict(x) as tf.Tensor).dataSync()).toEqual(before);
  });
});
