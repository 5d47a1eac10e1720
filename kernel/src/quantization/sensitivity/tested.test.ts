import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compareHits } from '../../quantities/paired-hits';
import { loadBackend } from '../../start';
import { cloneModel } from '../../models/walk';
import { quantize } from '../quantize';
import { chooseBits } from './choose-bits';
import type { SensitivityResult, SensitivityRow } from './result';
import { layerSensitivity } from './sensitivity';
import { testedVerdict, testRemarks } from './tested';

loadBackend();

describe('scores of a sensitivity', () => {
  let model: tf.Sequential;
  let data: { x: tf.Tensor; y: tf.Tensor };
  const hitsOf = (of: { predict(x: tf.Tensor): unknown }): ArrayLike<number> => {
    const output = of.predict(data.x) as tf.Tensor;
    return tf.cast(tf.equal(tf.argMax(output, 1), tf.argMax(data.y, 1)), 'int32').dataSync();
  };

  beforeAll(() => {
    const kernelInitializer = tf.initializers.glorotNormal({ seed: 5 });
    model = tf.sequential({
      layers: [
        tf.layers.dense({
          ...{ units: 16, inputShape: [8], name: 'one', kernelInitializer },
          activation: 'tanh',
        }),
        tf.layers.dense({ units: 3, name: 'head', kernelInitializer, activation: 'softmax' }),
      ],
    });
    const x = tf.randomNormal([200, 8], 0, 1, 'float32', 7);
    // The float model has all right: whatever rounding changes is a loss.
    const y = tf.oneHot(tf.argMax(model.predict(x) as tf.Tensor, 1), 3);
    data = { x, y };
  });

  it("are tested row by row against the float model's, as the paired test of all hits has it", async () => {
    const formats = ['int8', 'int2'] as const;
    const { rows } = await layerSensitivity(model, { data, formats, batchSize: 64 });
    for (const { layer, format, scoreTest } of rows) {
      const rounded = await quantize(await cloneModel(model), {
        ...{ weights: format, mode: 'weight-only', include: [layer] },
      });
      const expected = compareHits(hitsOf(model), hitsOf(rounded));
      expect(scoreTest).toEqual(expected);
      rounded.dispose();
    }
    expect(rows.some(({ scoreTest }) => (scoreTest?.p ?? 1) < 0.05)).toBe(true);
  });

  it('are said to differ, or not to be distinguishable, on so many samples', async () => {
    const text = String(await layerSensitivity(model, { data, formats: ['int8', 'int2'] }));
    expect(text).toMatch(
      /^Most sensitive in int2: \w+, accuracy [\d.]+ pt lower than fp32 \(95% interval /,
    );
    expect(text).toMatch(/Shown to differ from the accuracy of fp32 on 200 samples: .*int2\. All/);
    expect(text).toContain("McNemar's test");
    const fine = String(await layerSensitivity(model, { data, formats: ['int8'] }));
    expect(fine).toContain(
      'No layer alone is distinguishable from the accuracy of fp32 on 200 samples.',
    );
  });

  it('of losses are tested by pairs, too', async () => {
    const y = tf.randomNormal([200, 3], 0, 1, 'float32', 9);
    const { rows } = await layerSensitivity(model, {
      ...{ data: { x: data.x, y }, formats: ['int2'] },
    });
    for (const { drop, scoreTest } of rows) {
      expect(scoreTest?.difference).toBeCloseTo(drop, 6);
      expect(scoreTest?.interval[0]).toBeLessThan(drop);
      expect(scoreTest?.interval[1]).toBeGreaterThan(drop);
    }
  });

  it('without labels are not tested', async () => {
    const { rows } = await layerSensitivity(model, { data: { x: data.x }, formats: ['int2'] });
    expect(rows.every(({ scoreTest }) => scoreTest === undefined)).toBe(true);
  });

  it('that keep to a budget say how much less so few samples leave room for', async () => {
    const few = { x: tf.slice(data.x, [0, 0], [30, 8]), y: tf.slice(data.y, [0, 0], [30, 3]) };
    const budget = { accuracyDrop: 0.01 };
    const text = String(await chooseBits(model, { data: few, formats: ['int8', 'int4'], budget }));
    expect(text).toMatch(
      /accuracy not distinguishable from fp32 on 30 samples \(p = 1\), measured: it keeps to the budget of at most 1 point of accuracy lost, but so few samples leave room for up to 11.4 pt less\./,
    );
  });
});

const row = (layer: string, hits: readonly [number, number]): SensitivityRow => {
  const scoreTest = compareHits(
    Array.from({ length: 360 }, (_, i) => (i < hits[0] || i >= 300 ? 1 : 0)),
    Array.from({ length: 360 }, (_, i) =>
      (i >= hits[0] && i < hits[0] + hits[1]) || i >= 300 ? 1 : 0,
    ),
  );
  const drop = -scoreTest.difference;
  return {
    layer,
    format: 'int4',
    drop,
    sqnrDb: 20,
    scoreTest,
  } as Partial<SensitivityRow> as SensitivityRow;
};
const result = (...rows: readonly SensitivityRow[]): SensitivityResult => ({
  ...{ model: 'net', metric: 'accuracy', scoreMetric: 'accuracy', score: 0.9, samples: 360 },
  ...{ formats: ['int4'], rows },
});

it('a smaller loss that is shown is said before a larger one that is chance', () => {
  const noisy = row('noisy', [60, 48]);
  const sure = row('sure', [10, 0]);
  const all = result(noisy, sure);
  expect(testedVerdict(all.rows, all, 'int4')?.sentence).toBe(
    'Most sensitive in int4: sure, accuracy 2.8 pt lower than fp32 (95% interval 1.5 to 5.1).',
  );
  expect(testRemarks(all)).toEqual([
    'Shown to differ from the accuracy of fp32 on 360 samples: sure in int4. All others are not distinguishable.',
  ]);
  const chance = result(noisy);
  expect(testedVerdict(chance.rows, chance, 'int4')).toMatchObject({ tone: 'caution' });
  expect(testedVerdict(chance.rows, chance, 'int4')?.sentence).toMatch(
    /^No layer alone is shown to make the accuracy worse in int4 on 360 samples: noisy, −3\.3 pt, is not distinguishable \(/,
  );
});
