import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { loadBackend } from '../../start';
import { fuseGraph } from '../../graph/fuse';
import { equalize } from './equalize';
import { linearNodes } from './float-graph';
import {
  difference,
  fill,
  images,
  mobileNet,
  numbers,
  outputOf,
  PER_TENSOR,
  roundedGraph,
  rounding,
  settleNorms,
} from './models.fixture';
import { findPairs } from './pairs';
import type { RepairStep } from './options';
import { repairGraph } from './repair';
import { readModel } from '../../graph/read-model';
import { modelGraph } from '../../models/model-graph';

loadBackend();

describe('bias absorption', () => {
  test('moves high biases past the ReLU and narrows the activations', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [6], units: 8 }),
        tf.layers.batchNormalization(),
        tf.layers.reLU(),
        tf.layers.dense({ units: 3 }),
      ],
    });
    const random = numbers(5);
    fill(model, ({ weight, index }) => {
      // Channels 0 to 3 are far above 0: mean 10, deviation 1.
      if (weight === 'beta') return index < 4 ? 10 : 0.1;
      if (weight === 'gamma' || weight === 'moving_variance') return 1;
      return weight === 'moving_mean' ? 0 : random() - 0.5;
    });
    const graph = fuseGraph(readModel(model));
    const { graph: absorbed, report } = await repairGraph(modelGraph(model), graph, PER_TENSOR, {
      steps: ['equalize'],
    });
    const [first, second] = model.layers.filter(({ weights }) => weights.length === 2);
    expect(report.notes.join(' ')).toContain(
      `Moved high biases on to the next layer: ${first?.name ?? ''}.`,
    );
    expect(second).toBeDefined();
    const { graph: equal } = equalize(graph, findPairs(graph).pairs);
    const [before, after] = [equal, absorbed].map((g) => linearNodes(g)[0]?.op.bias ?? []);
    expect((after?.[0] ?? 0) / (before?.[0] ?? 1)).toBeCloseTo(0.3, 1);
    expect(after?.[5]).toBe(before?.[5]);
    // Inputs for which no channel falls below what was moved: the function is the same.
    const x = tf.randomUniform([32, 6], -1, 1, 'float32', 4);
    expect(difference(outputOf(graph, x), outputOf(absorbed, x))).toBeLessThan(1e-5);
  });

  test('leaves layers alone that read padding', async () => {
    const model = mobileNet();
    const [, norm] = model.layers;
    const weights = norm?.getWeights() ?? [];
    norm?.setWeights([weights[0] as tf.Tensor, tf.fill([8], 50), ...weights.slice(2)]);
    const graph = fuseGraph(readModel(model));
    const { report } = await repairGraph(modelGraph(model), graph, PER_TENSOR, {
      steps: ['equalize'],
    });
    // The first convolution is read by a padded depthwise one.
    expect(report.notes.join(' ')).not.toContain('Moved high biases');
  });
});

describe('bias correction', () => {
  const INT3 = rounding({ format: 'int3' });

  /** Per channel: how far the mean of the outputs is off. */
  const meanError = (a: Float32Array, b: Float32Array, channels: number): number => {
    const sums = new Float64Array(channels);
    a.forEach((x, i) => {
      sums[i % channels] = (sums[i % channels] ?? 0) + (b[i] ?? 0) - x;
    });
    return Math.hypot(...sums) / (a.length / channels);
  };

  test('takes the mean error of the outputs to 0 on the examples, and near it on others', async () => {
    const model = mobileNet();
    const graph = fuseGraph(readModel(model));
    const [x, other] = [images(200, 1), images(200, 2)];
    const steps: RepairStep[] = ['bias-correction'];
    const { graph: fixed, report } = await repairGraph(modelGraph(model), graph, INT3, { steps }, [
      [x],
    ]);
    const plain = roundedGraph(graph, INT3);
    const mended = roundedGraph(fixed, INT3);
    const off = meanError(outputOf(graph, x), outputOf(plain, x), 5);
    expect(off).toBeGreaterThan(0.01);
    expect(meanError(outputOf(graph, x), outputOf(mended, x), 5)).toBeLessThan(1e-5);
    expect(meanError(outputOf(graph, other), outputOf(mended, other), 5)).toBeLessThan(off / 10);
    expect(report.layers.every(({ correction }) => correction === 'empirical')).toBe(true);
  });

  test('does without examples by what normalization knows', async () => {
    const model = mobileNet();
    await settleNorms(model, images(400, 9));
    const graph = fuseGraph(readModel(model));
    const x = images(200, 1);
    const { graph: fixed, report } = await repairGraph(modelGraph(model), graph, INT3, {
      steps: ['bias-correction'],
    });
    const off = meanError(outputOf(graph, x), outputOf(roundedGraph(graph, INT3), x), 5);
    const left = meanError(outputOf(graph, x), outputOf(roundedGraph(fixed, INT3), x), 5);
    expect(left).toBeLessThan(off / 2);
    const corrected = report.layers.map(({ id }) => id);
    const [first, ...others] = linearNodes(graph).map(({ id }) => id);
    expect(corrected).toEqual(others);
    expect(report.notes.join(' ')).toContain(`Not of ${first ?? ''}: no normalization tells`);
  });
});
