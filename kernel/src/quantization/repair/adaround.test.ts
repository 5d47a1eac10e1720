import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { loadBackend } from '../../start';
import { fuseGraph } from '../../graph/fuse';
import type { AdaRoundOptions } from './adaround';
import { linearNodes } from './float-graph';
import {
  fill,
  images,
  mobileNet,
  outputOf,
  PER_TENSOR,
  roundedGraph,
  rounding,
  sqnr,
} from './models.fixture';
import { repairGraph } from './repair';
import { readModel } from '../../graph/read-model';
import { modelGraph } from '../../models/model-graph';

loadBackend();

describe('AdaRound', () => {
  const learn = (
    model: tf.LayersModel,
    round: typeof PER_TENSOR,
    x: tf.Tensor,
    adaround: AdaRoundOptions = { iterations: 300 },
  ): ReturnType<typeof repairGraph> =>
    repairGraph(
      modelGraph(model),
      fuseGraph(readModel(model)),
      round,
      { steps: ['adaround'], adaround },
      [[x]],
    );

  /** Inputs whose features hang together, as those of images do: of 8 causes, 24 features. */
  const related = (rows: number, seed: number): tf.Tensor => {
    const causes = tf.randomNormal([rows, 8], 0, 1, 'float32', seed);
    const mixing = tf.randomNormal([8, 24], 0, 1, 'float32', 99);
    return tf.matMul(causes, mixing);
  };
  const mlp = (): tf.LayersModel =>
    tf.sequential({
      layers: [
        tf.layers.dense({
          inputShape: [24],
          units: 32,
          activation: 'relu',
          kernelInitializer: tf.initializers.glorotNormal({ seed: 1 }),
        }),
        tf.layers.dense({
          units: 10,
          kernelInitializer: tf.initializers.glorotNormal({ seed: 2 }),
        }),
      ],
    });

  test.each(['int4', 'int3'] as const)(
    'beats rounding to nearest on unseen data: %s',
    async (format) => {
      const model = mlp();
      const graph = fuseGraph(readModel(model));
      const round = rounding({ format });
      const { roundings, report, graph: same } = await learn(model, round, related(256, 1));
      expect([...roundings.keys()]).toEqual(linearNodes(graph).map(({ id }) => id));
      const unseen = related(256, 2);
      const float = outputOf(graph, unseen);
      const nearest = sqnr(float, outputOf(roundedGraph(graph, round), unseen));
      const learnt = sqnr(float, outputOf(roundedGraph(same, round, roundings), unseen));
      expect(learnt).toBeGreaterThan(nearest + 2);
      for (const { rounding: own } of report.layers) {
        expect(own?.error).toBeLessThan(0.9 * (own?.nearestError ?? 0));
        expect(own?.changed).toBeGreaterThan(0);
      }
    },
  );

  test('moves each code by one at most, within the format, and keeps the float weights', async () => {
    const model = mlp();
    const round = rounding({ format: 'int3' });
    const { roundings, graph } = await learn(model, round, related(128, 1), { iterations: 100 });
    const before = linearNodes(fuseGraph(readModel(model)));
    linearNodes(graph).forEach((node, i) => {
      expect(node.op.kernel).toEqual(before[i]?.op.kernel);
      const nearest = round(node)?.weights;
      const codes = roundings.get(node.id)?.codes ?? new Int8Array();
      const far = codes.map((code, k) => Math.abs(code - (nearest?.codes[k] ?? NaN)));
      expect(Math.max(...far)).toBe(1);
      expect(Math.max(...codes.map(Math.abs))).toBe(3);
    });
  });

  test('learns convolutions and depthwise ones, with corrected biases on top', async () => {
    const model = mobileNet();
    const graph = fuseGraph(readModel(model));
    const round = rounding({ format: 'int3' });
    const { graph: mended, roundings } = await repairGraph(
      modelGraph(model),
      graph,
      round,
      {
        steps: ['bias-correction', 'adaround', 'equalize'],
        equalize: { absorb: false },
        adaround: { iterations: 100 },
      },
      [[images(64, 1)]],
    );
    const x = images(64, 2);
    const float = outputOf(graph, x);
    const nearest = sqnr(float, outputOf(roundedGraph(graph, round), x));
    const learnt = sqnr(float, outputOf(roundedGraph(mended, round, roundings), x));
    expect(learnt).toBeGreaterThan(nearest + 3);
  });

  test('gives the same codes for the same seed', async () => {
    const model = mlp();
    const run = async (seed: number): Promise<string> => {
      const { roundings } = await learn(model, rounding({ format: 'int3' }), related(64, 1), {
        iterations: 60,
        seed,
      });
      return JSON.stringify([...roundings.values()].map(({ codes }) => [...codes]));
    };
    const first = await run(1);
    expect(await run(1)).toBe(first);
    expect(await run(2)).not.toBe(first);
  });

  test('leaves weights that are exact as they are', async () => {
    const model = mlp();
    fill(model, ({ index, weight }) => (weight === 'kernel' ? ((index * 5) % 15) - 7 : 0));
    const { roundings, report } = await learn(model, rounding({ format: 'int4' }), related(16, 1));
    expect(roundings.size).toBe(0);
    expect(report.layers.map(({ rounding: own }) => own?.changed)).toEqual([0, 0]);
  });
});
