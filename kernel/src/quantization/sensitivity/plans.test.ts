import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { JUPYTER_DISPLAY } from '../../host';
import { record } from '../../magics/recorder.fixture';
import { MIME } from '../../payloads/mime-types';
import { planCell } from '../../payloads/sensitivity/cell';
import { Plans } from '../../payloads/sensitivity/plan';
import { sensitivity, type Sensitivity } from '../../payloads/sensitivity/schema';
import { loadBackend } from '../../start';
import type { BitAssignment } from './assignment';
import { chooseBits } from './choose-bits';
import { LayerSensitivity } from './view';

loadBackend();

const FORMATS = ['int8', 'int4', 'int2', 'fp32'] as const;

describe('plans in a page', () => {
  let model: tf.Sequential;
  let data: { x: tf.Tensor; y: tf.Tensor };
  let sent: Sensitivity;
  const choose = (bytes: number): Promise<BitAssignment> =>
    chooseBits(model, { budget: { bytes }, data, formats: FORMATS, metric: 'sqnr' });

  beforeAll(async () => {
    const dense = (units: number, name: string, more: object = {}): tf.layers.Layer =>
      tf.layers.dense({
        ...{ units, name, activation: 'tanh' },
        kernelInitializer: tf.initializers.glorotNormal({ seed: units }),
        ...more,
      });
    model = tf.sequential({
      layers: [
        dense(32, 'one', { inputShape: [16] }),
        dense(24, 'two'),
        tf.layers.batchNormalization({ name: 'norm' }),
        dense(40, 'three'),
        dense(3, 'head', { activation: 'softmax' }),
      ],
    });
    const x = tf.randomNormal([64, 16], 0, 1, 'float32', 7);
    const labels = Array.from({ length: 64 }, (_, i) => i % 3);
    data = { x, y: tf.oneHot(tf.tensor1d(labels, 'int32'), 3) };
    const bits = await choose(1e6);
    const payload = new LayerSensitivity(bits.sensitivity)[JUPYTER_DISPLAY]()[MIME.sensitivity];
    sent = sensitivity.parse(JSON.parse(JSON.stringify(payload)));
  });

  test.each([2000, 2600, 3500, 5000, 9000])(
    'are those of chooseBits for %i bytes',
    async (bytes) => {
      const bits = await choose(bytes);
      const plans = new Plans(sent, true);
      const plan = plans.within({ kind: 'bytes', limit: bytes });
      const layers = sent.layers.map(({ name }, i) => [name, plans.formats[plan?.chosen[i] ?? -1]]);
      expect(Object.fromEntries(layers)).toEqual(bits.layers);
      expect(plan?.bytes).toBe(bits.predicted.bytes);
      expect(plan?.sqnrDb).toBeCloseTo(bits.predicted.sqnrDb, 6);
      expect(plan?.drop).toBeCloseTo(bits.predicted.drop, 9);
      expect(plan && plans.gapOf(plan)).toBeUndefined();
    },
  );

  test('are the smallest that keep to a limit of noise', () => {
    const plans = new Plans(sent, false);
    const plan = plans.within({ kind: 'sqnrDb', limit: 15 });
    expect(plan?.sqnrDb).toBeGreaterThanOrEqual(15);
    const smaller = plans.within({ kind: 'bytes', limit: (plan?.bytes ?? 0) - 1 });
    expect(smaller?.sqnrDb).toBeLessThan(15);
    expect(plans.within({ kind: 'sqnrDb', limit: 500 })).toBeUndefined();
    expect(plans.within({ kind: 'bytes', limit: 10 })).toBeUndefined();
  });

  test('are no worse than one format for all layers', () => {
    const plans = new Plans(sent, false);
    for (const format of plans.formats) {
      const all = plans.uniform(format);
      const best = plans.within({ kind: 'bytes', limit: all?.bytes ?? 0 });
      expect(best?.sqnrDb).toBeGreaterThanOrEqual(all?.sqnrDb ?? Infinity);
    }
  });

  test('become a cell of ours, which says the same', async () => {
    const plans = new Plans(sent, true);
    const plan = plans.within({ kind: 'bytes', limit: 3500 });
    if (plan === undefined) throw new Error('no plan');
    const cell = planCell(sent, plans.formats, plan) ?? '';
    const { calls } = await record(`const model = 1;\n${cell}`);
    const [call] = calls;
    expect(call?.name).toBe('quantize');
    const [, options] = call?.args ?? [];
    const { weights, layers, mode } = options as Record<string, string>;
    expect(mode).toBe('weight-only');
    const own = new Map(
      (layers ?? '').split(',').map((rule) => rule.split('=') as [string, string]),
    );
    const formats = sent.layers.map(({ name }) => own.get(name) ?? weights);
    expect(formats).toEqual(plan.chosen.map((index) => plans.formats[index]));
  });

  test('make no cell of a name that a magic would read as something else', () => {
    const [first] = sent.layers;
    if (first === undefined) throw new Error('no layer');
    const layers = [first, { ...first, name: 'evil"; process.exit()' }];
    expect(planCell({ layers }, ['int8', 'int4'], { chosen: [0, 1] })).toBeUndefined();
    expect(planCell({ layers }, ['int8', 'int4'], { chosen: [0, 0] })).toBe(
      '%quantize int8 model --weight-only --as mixed',
    );
    const broken = [first, { ...first, name: 'two\nprocess.exit()' }];
    expect(planCell({ layers: broken }, ['int8', 'int4'], { chosen: [0, 1] })).toBeUndefined();
    const formats = ['int8', 'int4\nprocess.exit()'];
    expect(planCell(sent, formats, { chosen: [0, 0, 0, 1] })).toBeUndefined();
    expect(planCell(sent, formats, { chosen: [1, 1, 1, 1] })).toBeUndefined();
  });

  test('of 1,000 layers take no longer than a reader waits', () => {
    const [first] = sent.layers;
    if (first === undefined) throw new Error('no layer');
    const layers = Array.from({ length: 1000 }, (_, i) => ({
      ...first,
      formats: first.formats.map((rated, f) => ({
        ...rated,
        bytes: rated.bytes + 7 * i,
        relativeNoise: (rated.relativeNoise * (1 + ((i * 37) % 101))) / (f + 1),
      })),
    }));
    const start = performance.now();
    const plans = new Plans({ ...sent, layers }, true);
    expect(plans.length).toBeGreaterThan(50);
    expect(plans.some(40).length).toBe(40);
    const [least] = plans.some(1);
    expect(least && plans.gapOf(least)).toBeLessThan(1);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
