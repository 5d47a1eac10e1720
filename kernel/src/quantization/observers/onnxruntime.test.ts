import { describe, expect, it } from 'vitest';
import { float32s, float64s, generator, python } from '../../formats/ml-dtypes.fixture';
import { createObserver } from './observers';

/** Three batches of normal numbers, some with heavy tails or without negatives. */
const KINDS = ['normal', 'heavy', 'relu'] as const;

function batches(kind: (typeof KINDS)[number]): Float32Array[] {
  const random = generator(KINDS.indexOf(kind) + 40);
  const unit = (): number => (random() + 0.5) / 2 ** 32;
  return [1, 2, 1.5].map((scale) =>
    Float32Array.from({ length: 5000 }, () => {
      const x = scale * Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit());
      return kind === 'normal' ? x : kind === 'relu' ? Math.max(x, 0) : x ** 3;
    }),
  );
}

function observed(name: string, data: readonly Float32Array[]): [number, number] {
  const observer = createObserver(name);
  for (const batch of data) observer.observe(batch);
  const range = observer.range();
  return [range?.min ?? NaN, range?.max ?? NaN];
}

const together = (data: readonly Float32Array[]): Float32Array =>
  Float32Array.from(data.flatMap((batch) => [...batch]));

/** The largest distance between two ranges' ends. */
function furthest([low, high]: readonly [number, number], expected: ArrayLike<number>): number {
  return Math.max(Math.abs(low - (expected[0] ?? NaN)), Math.abs(high - (expected[1] ?? NaN)));
}

describe('observers against onnxruntime.quantization', () => {
  const collector = (method: string, bins: number): string => `
import contextlib, io
from onnxruntime.quantization.calibrate import HistogramCollector
c = HistogramCollector('${method}', False, ${bins}, 128, 99.999, None)
with contextlib.redirect_stdout(io.StringIO()):
    for batch in get(np.float32).reshape(3, -1): c.collect({'x': batch})
    r = c.compute_collection_result()['x'][:2]
put(np.array(r, np.float32))`;

  it.each(KINDS)('entropy-ort gives the same range: %s', (kind) => {
    const data = batches(kind);
    const expected = float32s(python(collector('entropy', 128), together(data)));
    const largest = together(data).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expect(furthest(observed('entropy-ort', data), expected)).toBeLessThan(1e-5 * largest);
  });

  it.each(KINDS)('percentile is within eight bins: %s', (kind) => {
    const data = batches(kind);
    const expected = float32s(python(collector('percentile', 2048), together(data)));
    const all = together(data);
    const span = all.reduce((a, b) => Math.max(a, b)) - all.reduce((a, b) => Math.min(a, b));
    // Ours counts from min to max and doubles its bins as it grows, theirs from -absmax to absmax.
    expect(furthest(observed('percentile', data), expected)).toBeLessThan((8 * span) / 2048);
  });
});

describe("entropy-tensorrt against NVIDIA's published method in NumPy and SciPy", () => {
  it.each(KINDS)('%s', (kind) => {
    const [data = new Float32Array()] = batches(kind);
    const [threshold = NaN] = float64s(
      python(
        `
from scipy.stats import entropy
a = np.abs(get(np.float32).astype(np.float64))
hist, edges = np.histogram(a, 2048, (0, a.max()))
hist[0] = hist[1]
def kl(i):
    p = hist[:i].astype(float); p[-1] += hist[i:].sum()
    level = np.floor(np.arange(i) * 128 / i).astype(int)
    total = np.bincount(level, hist[:i], 128); filled = np.bincount(level, hist[:i] > 0, 128)
    q = np.where(hist[:i] > 0, (total / filled)[level], 0)
    return entropy(p, q)
best = min(range(128, 2049), key=kl)
put(np.array([min((best + 0.5) * edges[1], a.max())]))`,
        data,
      ),
    );
    const [low, high] = observed('entropy-tensorrt', [data]);
    expect(Math.max(-low, high)).toBeCloseTo(threshold, 5);
  });
});
