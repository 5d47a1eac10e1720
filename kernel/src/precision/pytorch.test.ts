import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { StaticLossScaler } from './loss-scale/static';
import { LAYER_NAMES, LayerUnderTest, readLayer } from './pytorch.fixture';
import type { FormatName, LayerFixture, PytorchResult, Values } from './pytorch.fixture';
import { setLossScaler } from './session';
import { loadBackend } from '../start';
import { setPrecision } from './status';

/** The largest relative error of one rounding. */
const ROUNDOFF: Readonly<Record<FormatName, number>> = {
  fp32: 2 ** -24,
  bf16: 2 ** -8,
  fp16: 2 ** -11,
};

/**
 * How many roundings of values as large as the largest may lie between two results. In fp32 they come
 * from the order of sums; in 16 bits from the values that each side rounds on the way, of which the
 * longest path (five steps of a recurrent layer, forward and back) has about that many.
 */
const ROUNDINGS: Readonly<Record<FormatName, number>> = { fp32: 32, bf16: 8, fp16: 8 };

const FORMATS = ['fp32', 'bf16', 'fp16'] as const;

const flat = (values: Values): number[] =>
  typeof values === 'number' ? [values] : values.flatMap(flat);
const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

/** The values whose distance from PyTorch's is above the tolerance; NaN always is. */
function beyond(
  ours: tf.Tensor,
  theirs: Values,
  tolerance: number | readonly number[],
): { index: number; ours: number; theirs: number }[] {
  const expected = flat(theirs);
  expect(ours.size).toBe(expected.length);
  return [...ours.dataSync()].flatMap((value, index) => {
    const want = expected[index] ?? NaN;
    const allowed = typeof tolerance === 'number' ? tolerance : (tolerance[index] ?? 0);
    return Math.abs(value - want) <= allowed ? [] : [{ index, ours: value, theirs: want }];
  });
}

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setPrecision('fp32');
});

function enter(format: FormatName, fixture: LayerFixture): void {
  setPrecision(format);
  if (format === 'fp16') setLossScaler(new StaticLossScaler(fixture.lossScale));
}

describe('the layers that PyTorch judges', () => {
  it('are of every kind that autocast is for', () => {
    const layers = LAYER_NAMES.flatMap((name) => readLayer(name).layers.map(({ layer }) => layer));
    expect(new Set(layers)).toEqual(
      new Set([
        'dense',
        'conv1d',
        'conv2d',
        'conv3d',
        'conv2dTranspose',
        'conv3dTranspose',
        'depthwiseConv2d',
        'separableConv2d',
        'batchNormalization',
        'layerNormalization',
        'groupNormalization',
        'embedding',
        'multiHeadAttention',
        'lstm',
        'gru',
        'dropout',
        'mask',
        'maxPooling2d',
        'maxPooling3d',
        'averagePooling2d',
        'averagePooling3d',
      ]),
    );
  });
});

describe.each(LAYER_NAMES)('%s', (name) => {
  const fixture = readLayer(name);
  const { fp32 } = fixture.formats;
  const gradientScale = largest(fp32.gradients.flatMap(flat));

  describe.each(FORMATS)('in %s', (format) => {
    const theirs: PytorchResult = fixture.formats[format];
    const error = ROUNDINGS[format] * ROUNDOFF[format];

    function withLayer(check: (layer: LayerUnderTest) => void): void {
      enter(format, fixture);
      const layer = new LayerUnderTest(fixture);
      check(layer);
      layer.dispose();
    }

    it('has the output that PyTorch has', () => {
      withLayer((layer) => {
        const tolerance = error * largest(flat(fp32.output));
        expect(beyond(layer.output(), theirs.output, tolerance)).toEqual([]);
      });
    });

    it('has its loss and gradients', () => {
      withLayer((layer) => {
        const { loss, weights, input } = layer.gradients();
        expect(Math.abs(loss - theirs.loss)).toBeLessThanOrEqual(error * fp32.loss);
        expect(weights.length).toBe(theirs.gradients.length);
        weights.forEach((gradient, i) => {
          expect(beyond(gradient, theirs.gradients[i] ?? [], error * gradientScale)).toEqual([]);
        });
        expect(input === undefined).toBe(theirs.inputGradient === undefined);
        if (input === undefined) return;
        const tolerance = error * largest(flat(fp32.inputGradient ?? []));
        expect(beyond(input, theirs.inputGradient ?? [], tolerance)).toEqual([]);
      });
    });

    it('has its weights, and statistics, after three steps of SGD', () => {
      withLayer((layer) => {
        layer.train(tf.train.sgd(fixture.sgdRate));
        const moved = fixture.steps * fixture.sgdRate * gradientScale;
        layer.variables.forEach((variable, i) => {
          const rounding = 4 * ROUNDOFF.fp32 * largest(flat(fp32.sgd[i] ?? []));
          expect(beyond(variable, theirs.sgd[i] ?? [], error * moved + rounding)).toEqual([]);
        });
        layer.statistics.forEach((statistic, i) => {
          const tolerance = error * largest(flat(fp32.statistics?.[i] ?? []));
          expect(beyond(statistic, theirs.statistics?.[i] ?? [], tolerance)).toEqual([]);
        });
      });
    });

    it('has its weights after three steps of Adam', () => {
      withLayer((layer) => {
        layer.train(tf.train.adam(fixture.adamRate, 0.9, 0.999, 1e-8));
        const moved = fixture.steps * fixture.adamRate;
        layer.variables.forEach((variable, i) => {
          const rounding = 4 * ROUNDOFF.fp32 * largest(flat(fp32.adam[i] ?? []));
          // Adam divides by the gradient's size: an error that is small beside the largest gradient
          // is large beside a small one, but a step is never longer than the learning rate.
          const tolerances = flat(fp32.gradients[i] ?? []).map(
            (g) => moved * Math.min(2, (4 * error * gradientScale) / Math.abs(g)) + rounding,
          );
          expect(beyond(variable, theirs.adam[i] ?? [], tolerances)).toEqual([]);
        });
      });
    });
  });

  it('computes in each format, and moves its weights by more than what is tolerated', () => {
    const outputs = FORMATS.map((format) => {
      enter(format, fixture);
      const layer = new LayerUnderTest(fixture);
      const values = [...layer.output().dataSync()];
      layer.dispose();
      return values.join();
    });
    expect(new Set(outputs).size).toBe(FORMATS.length);
    const start = fixture.weights.flatMap(flat);
    for (const format of FORMATS) {
      const trained = fixture.formats[format].sgd.flatMap(flat);
      const moved = largest(trained.map((weight, i) => weight - (start[i] ?? NaN)));
      const error = ROUNDINGS[format] * ROUNDOFF[format];
      const tolerated = error * fixture.steps * fixture.sgdRate * gradientScale;
      expect(moved).toBeGreaterThan(8 * tolerated);
    }
  });
});
