import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../start';
import { castTo } from '../../backend/storage';
import { gradientRanges as payloadSchema } from '../../payloads/ranges/schema';
import { JUPYTER_DISPLAY } from '../../host';
import { StaticLossScaler } from '../loss-scale/static';
import { setLossScaler } from '../session';
import { setPrecision } from '../status';
import { RangeAccumulator } from './accumulator';
import { FIRST_EXPONENT, histogramOf, log2Histogram } from './histogram';
import { suggestLossScale } from './suggest';
import { compareGradients } from './compare';
import { gradientRanges, recordGradients, type GradientRangesView } from './gradient-ranges';
import { QUIET as verbose } from '../quiet.fixture';

beforeAll(() => {
  loadBackend();
});

/** Exponent -> count, without the empty bins. */
function counts(values: readonly number[]): Record<string, number> {
  return tf.tidy(() => {
    const { bins, zero, inf, nan } = log2Histogram(tf.tensor1d([...values]));
    const found: Record<string, number> = { zero, inf, nan };
    bins.forEach((count, i) => {
      if (count > 0) found[String(FIRST_EXPONENT + i)] = count;
    });
    return found;
  });
}

/** Trains one layer called `name` for a step, and returns the names that the view shows. */
async function shownNames(...names: readonly string[]): Promise<string[]> {
  recordGradients(true, { every: 1 });
  for (const name of names) {
    const layer = tf.layers.dense({ name, units: 1, inputShape: [2] });
    const model = tf.sequential({ layers: [layer] });
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    await model.fit(tf.ones([1, 2]), tf.zeros([1, 1]), { verbose });
    model.dispose();
  }
  recordGradients(false);
  return gradientRanges()
    .payload.layers.filter(({ kind }) => kind === 'gradient')
    .map(({ name }) => name);
}

describe('names of layers', () => {
  it("are the user's, without the number that tfjs adds to a repeated name", async () => {
    await shownNames('repeated');
    expect(await shownNames('repeated')).toEqual(['repeated/kernel', 'repeated/bias']);
  });

  it('keep the number where two models of one name are recorded together', async () => {
    const names = await shownNames('twin', 'twin');
    expect(new Set(names).size).toBe(4);
  });
});

describe('log2Histogram', () => {
  it('counts floor(log2|x|), with zero, infinity and NaN apart', () => {
    expect(
      counts([0, -0, 1, 1.99, -2, 3.99, 0.5, 2 ** -24, Infinity, -Infinity, NaN, 65504]),
    ).toEqual({
      zero: 2,
      inf: 2,
      nan: 1,
      '-24': 1,
      '-1': 1,
      '0': 2,
      '1': 2,
      '15': 1,
    });
  });

  it('counts subnormals of fp32 at their own exponents', () => {
    const subnormal = counts([2 ** -149, 2 ** -130, 2 ** -127 * 1.5, 2 ** -126, 0]);
    expect(subnormal).toEqual({
      zero: 1,
      inf: 0,
      nan: 0,
      '-149': 1,
      '-130': 1,
      '-127': 1,
      '-126': 1,
    });
  });

  it('agrees with JavaScript on tensors of any rank and in 16 bits', () => {
    tf.tidy(() => {
      const tensor = tf.mul(tf.randomNormal([7, 11, 5], 0, 1, 'float32', 3), 1e-3);
      expect(log2Histogram(tensor)).toEqual(histogramOf(tensor.dataSync<'float32'>()));
      const half = castTo(tensor, 'fp16');
      expect(log2Histogram(half)).toEqual(histogramOf(half.dataSync<'float32'>()));
      const scalar = tf.scalar(0);
      expect(log2Histogram(scalar).zero).toBe(1);
    });
  });
});

describe('suggestLossScale', () => {
  const layerOf = (
    values: readonly number[],
    name = 'w',
  ): ReturnType<RangeAccumulator['toLayer']> => {
    const accumulator = new RangeAccumulator(name, 'gradient', [values.length]);
    accumulator.add(histogramOf(Float32Array.from(values)));
    return accumulator.toLayer();
  };

  it('moves the largest gradients below 65504 and says why', () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i + 1) * 2 ** -18);
    const { scale, reason } = suggestLossScale([layerOf(values)]);
    expect(scale).toBe(2 ** 22);
    expect(Math.max(...values) * scale).toBeLessThan(65504);
    expect(reason).toMatch(/^99\.9% .* below 2⁻⁸/);
  });

  it('names the layer that bounds it, and what underflows now and then', () => {
    const lost = 2 ** -27;
    const small = layerOf([...Array.from({ length: 999 }, () => 2 ** -20), lost], 'first/kernel');
    const large = layerOf([4], 'last/bias');
    const { scale, reason } = suggestLossScale([small, large], 2);
    expect(scale).toBe(2 ** 12);
    expect(reason).toContain('last/bias bounds it: its largest gradient is below 2³');
    // 2^-27 * 2 is a quarter of the smallest subnormal of fp16, 2^-24: one value of 1001.
    expect(reason).toContain('At the present scale of 2¹, 0.10% of the gradients');
    expect(reason).toContain('at 2¹², 0%');
  });

  it('does not let a rare large gradient overflow', () => {
    const values = [...Array.from({ length: 99_999 }, () => 2 ** -20), 2];
    const { scale } = suggestLossScale([layerOf(values)]);
    expect(2 * scale).toBeLessThanOrEqual(65504);
  });

  it('takes NaN and infinities for overflow, and not for zeros', () => {
    const spoiled = suggestLossScale([layerOf([NaN, NaN, Infinity, 0])]);
    expect(spoiled.scale).toBe(1);
    expect(spoiled.reason).toMatch(/^75(\.0)?% of the recorded gradients are NaN or infinite/);
    expect(spoiled.reason).toContain('%explain');
    const partly = suggestLossScale([layerOf([NaN, 2 ** -20, 2 ** -20, 2 ** -20])]);
    expect(partly.scale).toBeGreaterThan(1);
    expect(partly.reason).toMatch(
      /^25(\.0)?% of the recorded gradients are NaN or infinite and count/,
    );
  });

  it('does not take zeros that fp16 made for zeros of the model', () => {
    const unscaled = suggestLossScale([layerOf([0, 0])], 1, 'fp16');
    expect(unscaled.scale).toBe(2 ** 16);
    expect(unscaled.reason).toContain('all below 2⁻²⁵ becomes zero');
    expect(suggestLossScale([layerOf([0, 0])], 1, 'fp32').scale).toBe(1);
  });

  it('does not say the same twice where the scale is already what it suggests', () => {
    const values = Array.from({ length: 100 }, () => 2 ** -3);
    const { scale } = suggestLossScale([layerOf(values)]);
    expect(suggestLossScale([layerOf(values)], scale).reason).not.toMatch(/; at/);
    expect(suggestLossScale([layerOf(values)], 4).reason).toContain(
      "At the present scale of 2² and at 2¹⁶, 0% of the gradients that aren't zero underflow",
    );
  });

  it('suggests no scaling of gradients that are large, and of none', () => {
    expect(suggestLossScale([layerOf([5e4])]).scale).toBe(1);
    expect(suggestLossScale([]).scale).toBe(1);
  });
});

describe('gradientRanges', () => {
  it('records unscaled gradients and weights by layer name, every n steps', async () => {
    setPrecision('fp16');
    setLossScaler(new StaticLossScaler(1024));
    const layer = tf.layers.dense({ units: 1, inputShape: [2], name: 'head', useBias: false });
    const model = tf.sequential({ layers: [layer] });
    model.setWeights([tf.tensor2d([[0.5], [0.25]])]);
    model.compile({ optimizer: tf.train.sgd(0), loss: (_t, p) => tf.sum<tf.Scalar>(p) });
    recordGradients(true, { every: 2, of: ['gradients', 'weights'] });
    const x = tf.tensor2d([[1, 4]]);
    await model.fit(x, tf.zeros([1, 1]), { epochs: 4, verbose });
    recordGradients(false);
    await model.fit(x, tf.zeros([1, 1]), { epochs: 1, verbose });
    setPrecision('fp32');
    const view = gradientRanges();
    const { payload } = view;
    expect(payloadSchema.safeParse(payload).error).toBeUndefined();
    expect(payload).toMatchObject({ format: 'fp16', step: 4, recordedSteps: 2, every: 2 });
    // The gradient of the sum is x: 1 = 2^0 and 4 = 2^2, twice.
    expect(payload.layers).toMatchObject([
      { name: 'head/kernel', kind: 'gradient', count: 4, firstExponent: 0, bins: [2, 0, 2] },
      { name: 'head/kernel', kind: 'weight', count: 4, firstExponent: -2, bins: [2, 2] },
    ]);
    expect(payload.lossScale).toMatchObject({ value: 1024, skippedSteps: 0 });
    expect(payload.time).toEqual({
      slots: [
        { firstStep: 0, lastStep: 0, recordedSteps: 1, scale: 1024 },
        { firstStep: 2, lastStep: 2, recordedSteps: 1, scale: 1024 },
      ],
      layers: [
        {
          zero: [0, 0],
          firstExponent: [0, 0],
          bins: [
            [1, 0, 1],
            [1, 0, 1],
          ],
        },
        {
          zero: [0, 0],
          firstExponent: [-2, -2],
          bins: [
            [1, 1],
            [1, 1],
          ],
        },
      ],
    });
    expect(view[JUPYTER_DISPLAY]()['text/plain']).toContain('head/kernel');
    model.dispose();
    tf.dispose(x);
  });

  it('are compared with those of another run, or it is said why not', async () => {
    const run = async (format: string, name = 'head'): Promise<GradientRangesView> => {
      setPrecision(format);
      await shownNames(name);
      setPrecision('fp32');
      return gradientRanges();
    };
    const [fp32, bf16, other] = [await run('fp32'), await run('bf16'), await run('fp32', 'tail')];
    const { payload } = compareGradients(fp32, bf16);
    expect(payload.runs.map(({ name }) => name)).toEqual(['FP32', 'BF16']);
    expect(compareGradients(fp32, fp32).payload.runs.map(({ name }) => name)).toEqual([
      'FP32, first',
      'FP32, second',
    ]);
    const named = compareGradients(fp32, bf16, { names: ['before', 'after'] });
    expect(named[JUPYTER_DISPLAY]()['text/plain']).toMatch(/before and after keep the same/);
    recordGradients(true);
    const empty = gradientRanges();
    recordGradients(false);
    expect(() => compareGradients(fp32, other)).toThrow(
      /No layer is in both: the first has head\/kernel/,
    );
    expect(() => compareGradients(fp32, empty)).toThrow(/The second holds no recorded step/);
    expect(() => compareGradients('fp16' as never, bf16)).toThrow(
      /The first is string; allowed is what/,
    );
  });

  it('says how to record where nothing is recorded', () => {
    recordGradients(true);
    recordGradients(false);
    const shown = gradientRanges()[JUPYTER_DISPLAY]();
    for (const type of ['text/plain', 'text/html']) {
      expect(shown[type]).toContain(
        'Nothing is recorded yet: run %gradients on, train, and show it again.',
      );
    }
  });

  it('refuses an interval that is none', () => {
    expect(() => {
      recordGradients(true, { every: 0 });
    }).toThrow(/every is 0; allowed are integers from 1/);
  });
});
