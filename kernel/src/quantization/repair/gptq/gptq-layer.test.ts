import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { fuseGraph } from '../../../graph/fuse';
import type { WeightFormat } from '../../../graph/quantized-graph';
import { readModel } from '../../../graph/read-model';
import type { WeightGranularity } from '../../../graph/weight-codes';
import { modelGraph } from '../../../models/model-graph';
import { loadBackend } from '../../../start';
import { quantize } from '../../quantize';
import { linearNodes } from '../float-graph';
import { images, mobileNet, outputOf, roundedGraph, rounding, sqnr } from '../models.fixture';
import type { RepairOptions } from '../options';
import { repairGraph, type Repaired } from '../repair';

loadBackend();

const run = (
  model: tf.LayersModel,
  x: tf.Tensor,
  format: WeightFormat,
  options: Omit<RepairOptions, 'steps'> = {},
  granularity: WeightGranularity = 'per-channel',
): Promise<Repaired> =>
  repairGraph(
    modelGraph(model),
    fuseGraph(readModel(model)),
    rounding({ format, granularity }),
    { steps: ['gptq'], ...options },
    [[x]],
  );

/** Of 6 causes, 24 features. */
const related = (rows: number, seed: number): tf.Tensor =>
  tf.tidy(() =>
    tf.matMul(
      tf.randomNormal([rows, 6], 0, 1, 'float32', seed),
      tf.randomNormal([6, 24], 0, 1, 'float32', 99),
    ),
  );

const initializer = (seed: number) => tf.initializers.glorotNormal({ seed });
const mlp = (): tf.LayersModel =>
  tf.sequential({
    layers: [
      tf.layers.dense({
        inputShape: [24],
        units: 32,
        activation: 'relu',
        kernelInitializer: initializer(1),
      }),
      tf.layers.dense({ units: 12, kernelInitializer: initializer(2) }),
    ],
  });

describe('the repair gptq', () => {
  test.each<[WeightFormat, WeightGranularity]>([
    ['int8', 'per-channel'],
    ['int4', 'per-channel'],
    ['int4', 'per-tensor'],
    ['int3', { group: 8 }],
    ['int2', { group: 4 }],
  ])('beats rounding to nearest on unseen data: %s, %o', async (format, granularity) => {
    const model = mlp();
    const { roundings, report, graph } = await run(model, related(128, 1), format, {}, granularity);
    const round = rounding({ format, granularity });
    const unseen = related(128, 2);
    const float = outputOf(graph, unseen);
    const nearest = sqnr(float, outputOf(roundedGraph(graph, round), unseen));
    const found = sqnr(float, outputOf(roundedGraph(graph, round, roundings), unseen));
    expect(found).toBeGreaterThan(nearest + 2);
    for (const { rounding: own } of report.layers) {
      expect(own?.method).toBe('gptq');
      expect(own?.error).toBeLessThan(own?.nearestError ?? NaN);
    }
  });

  test('rounds convolutions and depthwise ones, too', async () => {
    const model = mobileNet();
    const { roundings, report, graph } = await run(model, images(48, 1), 'int3');
    expect(report.layers.map(({ id }) => id)).toEqual(linearNodes(graph).map(({ id }) => id));
    const round = rounding({ format: 'int3' });
    const unseen = images(48, 2);
    const float = outputOf(graph, unseen);
    const nearest = sqnr(float, outputOf(roundedGraph(graph, round), unseen));
    const found = sqnr(float, outputOf(roundedGraph(graph, round, roundings), unseen));
    expect(found).toBeGreaterThan(nearest + 2);
  });

  test('is no worse than rounding to nearest on any layer, and says where it kept to that', async () => {
    // Two examples tell next to nothing of 24 inputs.
    const { report, roundings } = await run(mlp(), related(2, 1), 'int4', {
      gptq: { percdamp: 0 },
    });
    for (const { id, rounding: own } of report.layers) {
      expect(own?.error).toBeLessThanOrEqual(own?.nearestError ?? NaN);
      expect(own?.kept).toMatch(/^the Hessian of 2 inputs is singular at input \d+ of (24|32)/);
      expect(report.notes.join('\n')).toContain(`${id} is rounded to nearest: the Hessian`);
    }
    expect(roundings.size).toBe(0);
  });

  test('keeps weights that are exact as they are', async () => {
    const model = mlp();
    const exact = model.getWeights().map((weight) => tf.round(tf.mul(weight, 0)));
    model.setWeights(exact);
    const { report, roundings } = await run(model, related(16, 1), 'int4');
    expect(roundings.size).toBe(0);
    expect(report.layers.map(({ rounding: own }) => own?.error)).toEqual([0, 0]);
  });

  test('hands its codes and scales to the quantized model', async () => {
    const model = mlp();
    const calibrate = related(128, 1);
    const options = { weights: 'int3', granularity: { group: 8 } } as const;
    const gptq = { steps: ['gptq', 'bias-correction'], gptq: { actOrder: false } } as const;
    const x = related(64, 3);
    const float = (model.predict(x) as tf.Tensor).dataSync();
    const quality = async (more: object): Promise<number> => {
      const small = await quantize(model, { ...options, ...more });
      const db = sqnr(float, (small.predict(x) as tf.Tensor).dataSync());
      small.dispose();
      return db;
    };
    expect(await quality({ calibrate, repair: gptq })).toBeGreaterThan((await quality({})) + 3);
  });

  test('makes up for what rounded layers before changed, on unseen data too', async () => {
    const model = mlp();
    const quality = async (compensateInputs: boolean): Promise<number> => {
      const x = tf.randomNormal([400, 24], 0, 1, 'float32', 1);
      const { graph, roundings } = await run(model, x, 'int3', { gptq: { compensateInputs } });
      const unseen = tf.randomNormal([400, 24], 0, 1, 'float32', 2);
      const rounded = roundedGraph(graph, rounding({ format: 'int3' }), roundings);
      return sqnr(outputOf(graph, unseen), outputOf(rounded, unseen));
    };
    expect(await quality(true)).toBeGreaterThan((await quality(false)) + 0.3);
  });

  test('frees all that it makes', async () => {
    const model = mobileNet();
    const x = images(8, 1);
    await run(model, x, 'int4');
    const before = tf.memory().numTensors;
    await run(model, x, 'int4');
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses settings that cannot be', async () => {
    const refused = (gptq: object): Promise<unknown> => run(mlp(), related(4, 1), 'int4', { gptq });
    await expect(refused({ percdamp: -1 })).rejects.toThrow(
      'gptq.percdamp is -1; allowed are numbers from 0 on.',
    );
    await expect(refused({ blockSize: 0.5 })).rejects.toThrow('gptq.blockSize is 0.5');
    await expect(refused({ actOrder: 'yes' })).rejects.toThrow(
      'gptq.actOrder is "yes"; allowed are true and false.',
    );
    await expect(
      quantize(mlp(), { weights: 'int4', calibrate: related(4, 1), repair: ['adaround', 'gptq'] }),
    ).rejects.toThrow("The repairs 'adaround' and 'gptq' both choose the codes of weights");
    await expect(quantize(mlp(), { weights: 'int4', repair: 'gptq' })).rejects.toThrow(
      "The repair 'gptq' learns from example inputs",
    );
  });
});
