import { fromTable } from '../../errors';
import { entropyOrtObserver, entropyTensorRtObserver } from './entropy';
import { GrowingHistogram } from './growing-histogram';
import type { Observer } from './observer';
import { finiteRange, type Range } from './range';
import { asymmetricParams, dequantizeValue, quantizeValue, UINT8 } from '../../integer/affine';

/** Weight of a new batch in the moving average, as in PyTorch's `MovingAverageMinMaxObserver`. */
const AVERAGING = 0.01;
/** The share of values kept, in percent: half of the rest is cut off at each end. */
const PERCENTILE = 99.999;
const BINS = 2048;

export const OBSERVERS = {
  'min-max': minMaxObserver,
  'moving-average': movingAverageObserver,
  percentile: percentileObserver,
  mse: mseObserver,
  'entropy-ort': entropyOrtObserver,
  'entropy-tensorrt': entropyTensorRtObserver,
} as const;

export type ObserverName = keyof typeof OBSERVERS;

/** An observer by name, one of {@link OBSERVERS}. */
export function createObserver(name: string): Observer {
  const create: () => Observer = fromTable(OBSERVERS, name, 'observer');
  return create();
}

/** The smallest and largest value ever seen. */
export function minMaxObserver(): Observer {
  let seen: Range | undefined;
  return {
    observe(values) {
      const batch = finiteRange(values);
      if (batch === undefined) return;
      seen =
        seen === undefined
          ? batch
          : { min: Math.min(seen.min, batch.min), max: Math.max(seen.max, batch.max) };
    },
    range: () => seen,
  };
}

/** Averages each batch's smallest and largest value, so that a single outlier counts little. */
export function movingAverageObserver(constant: number = AVERAGING): Observer {
  let average: Range | undefined;
  return {
    observe(values) {
      const batch = finiteRange(values);
      if (batch === undefined) return;
      average =
        average === undefined
          ? batch
          : {
              min: average.min + constant * (batch.min - average.min),
              max: average.max + constant * (batch.max - average.max),
            };
    },
    range: () => average,
  };
}

/** Cuts off the rarest values at both ends, from a histogram of all values. */
export function percentileObserver(percentile: number = PERCENTILE): Observer {
  const histogram = new GrowingHistogram(BINS);
  const cut = (100 - percentile) / 200;
  return {
    observe(values) {
      histogram.add(values);
    },
    range: () =>
      histogram.total === 0
        ? undefined
        : { min: histogram.quantile(cut), max: histogram.quantile(1 - cut) },
  };
}

/** Of ranges from a hundredth of what was seen up to all of it, the one with the least squared error. */
export function mseObserver(): Observer {
  const histogram = new GrowingHistogram(BINS);
  return {
    observe(values) {
      histogram.add(values);
    },
    range() {
      if (histogram.total === 0) return undefined;
      const { min, max } = histogram;
      let best = { min, max };
      let least = Infinity;
      for (let step = MSE_STEPS; step > 0; step--) {
        const range = { min: (min * step) / MSE_STEPS, max: (max * step) / MSE_STEPS };
        const error = squaredError(histogram, range);
        if (error < least) [best, least] = [range, error];
      }
      return best;
    },
  };
}

const MSE_STEPS = 100;

/** What quantizing all counted values to the range would cost, with each at its bin's center. */
function squaredError(histogram: GrowingHistogram, range: Range): number {
  const params = asymmetricParams(range.min, range.max);
  return histogram.counts.reduce((sum, count, bin) => {
    if (count === 0) return sum;
    const x = histogram.edge(bin + 0.5);
    return sum + count * (x - dequantizeValue(quantizeValue(x, params, UINT8), params)) ** 2;
  }, 0);
}
