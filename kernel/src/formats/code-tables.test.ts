import { describe, expect, it } from 'vitest';
import { differences, float32s, generator, python, uint16s } from './ml-dtypes.fixture';
import { PATHS } from './paths.fixture';
import { FORMATS } from './table';

describe('tables', () => {
  it.each(PATHS)('binary is the sign, zero positive, $path', ({ encodeAll, roundAll }) => {
    const values = Float32Array.of(-3, -0.1, 0, 0.1, 9, NaN);
    expect([...encodeAll('binary', values)]).toEqual([0, 0, 1, 1, 1, 1]);
    expect([...roundAll('binary', values)]).toEqual([-1, -1, 1, 1, 1, 1]);
  });

  it.each(PATHS)('nf4 takes the nearest of its values, $path', ({ encodeAll }) => {
    const random = generator(3);
    const values = Float32Array.from({ length: 50_000 }, () => random() / 2 ** 31 - 1);
    const list = FORMATS.nf4.values.join(',');
    const expected = uint16s(
      python(
        `v = np.array([${list}])\nput(np.abs(get(np.float32).astype(np.float64)[:, None] - v).argmin(1).astype(np.uint16))`,
        values,
      ),
    );
    expect(differences(encodeAll('nf4', values), expected)).toEqual([]);
  });

  it('nf4 has the quantiles of the normal distribution that QLoRA defines', () => {
    const quantiles = float32s(
      python(
        `from scipy.stats import norm\no = 0.9677083\n` +
          `v = np.r_[norm.ppf(np.linspace(o, .5, 9)[:-1]), 0, -norm.ppf(np.linspace(o, .5, 8)[:-1])]\n` +
          `put(np.sort(v / v.max()).astype(np.float32))`,
      ),
    );
    const furthest = FORMATS.nf4.values.map((v, i) => Math.abs(v - (quantiles[i] ?? NaN)));
    expect(Math.max(...furthest)).toBeLessThan(5e-7);
  });
});
