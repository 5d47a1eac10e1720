import { describe, expect, it } from 'vitest';
import { difference, multiply, ratio, scale, sum, sumOf } from './arithmetic';
import { combined, exact, fromBand, type Origin } from './make';
import type { Quantity } from './quantity';

const counter: Origin = { method: 'counter' };

function scattered(value: number, below: number, above: number, origin = counter): Quantity {
  return combined(value, { statistical: { below, above } }, origin);
}

function bounded(value: number, below: number, above: number, origin = counter): Quantity {
  return combined(value, { systematic: { below, above } }, origin);
}

describe('a sum', () => {
  it('of nothing is an exact zero', () => {
    expect(sumOf([])).toMatchObject({ value: 0, low: 0, high: 0, samples: 0, complete: true });
  });

  it('adds independent scatter in quadrature, each side for itself', () => {
    const total = sum(scattered(10, 3, 0.3), scattered(20, 4, 0.4));
    expect(total).toMatchObject({ value: 30, low: 25 });
    expect(total.high).toBeCloseTo(30.5, 12);
  });

  it('adds bounds of one source in full, those of several in quadrature', () => {
    const parts = [bounded(10, 3, 4), bounded(20, 4, 3)];
    expect(sumOf(parts)).toMatchObject({ low: 23, high: 37 });
    expect(sumOf(parts, 'independent')).toMatchObject({ low: 25, high: 35 });
  });

  it('carries gaps, resets, samples, completeness and the least direct method', () => {
    const a = scattered(1, 0, 0, { method: 'counter', gaps: 1, resets: 2, samples: 3 });
    const b = scattered(2, 0, 0, { method: 'modelled', gaps: 4, samples: 5, complete: false });
    expect(sum(a, b)).toMatchObject({
      gaps: 5,
      resets: 2,
      samples: 8,
      complete: false,
      method: 'modelled',
    });
  });
});

describe('a factor', () => {
  it('scales both sides, and a negative one turns them', () => {
    const figure = combined(
      10,
      { statistical: { below: 1, above: 2 }, systematic: { below: 3, above: 4 } },
      { method: 'counter', samples: 9 },
    );
    expect(scale(figure, 2)).toMatchObject({ value: 20, low: 12, high: 32, samples: 9 });
    expect(scale(figure, -1)).toMatchObject({ value: -10, low: -16, high: -6 });
  });
});

describe('a product', () => {
  it('has the relative scatter of both, in quadrature', () => {
    const product = multiply(scattered(10, 0.3, 0.6), scattered(20, 0.8, 1.6));
    expect(product.value).toBe(200);
    expect(product.statistical.below).toBeCloseTo(200 * 0.05, 10);
    expect(product.statistical.above).toBeCloseTo(200 * 0.1, 10);
  });

  it('is bounded by all products within wide bounds, not by their first order', () => {
    const energyJ = fromBand(10, { low: 0.6, high: 1.4 }, { method: 'modelled' });
    const intensity = fromBand(5, { low: 0.7, high: 1.3 }, { method: 'literature' });
    const product = multiply(energyJ, intensity);
    expect(product.method).toBe('literature');
    expect(product.low).toBeCloseTo(50 * 0.6 * 0.7, 10);
    expect(product.high).toBeCloseTo(50 * 1.4 * 1.3, 10);
  });

  it('with a constant is made of the trials of the other', () => {
    const trials = scattered(10, 1, 1, { method: 'counter', samples: 5 });
    expect(multiply(trials, exact(3, counter)).samples).toBe(5);
  });
});

describe('a ratio', () => {
  it('agrees with a simulation of independent scatter', () => {
    const [a, b] = [scattered(50, 1.96, 1.96), scattered(20, 0.392, 0.392)];
    const quotient = ratio(a, b);
    const draws = normals(40_000, 7);
    const simulated = draws
      .slice(0, 20_000)
      .map((z, i) => (50 + z) / (20 + 0.2 * (draws[i + 20_000] ?? 0)))
      .sort((x, y) => x - y);
    expect(quotient.low).toBeCloseTo(simulated[500] ?? NaN, 2);
    expect(quotient.high).toBeCloseTo(simulated[19_500] ?? NaN, 2);
  });

  it('turns the sides of the divisor', () => {
    const quotient = ratio(exact(10, counter), scattered(5, 0, 0.5));
    expect(quotient.statistical.below).toBeCloseTo(0.2, 12);
    expect(quotient.statistical.above).toBe(0);
  });

  it('of two figures of one model loses the error that both share', () => {
    const band = { low: 0.6, high: 1.4 };
    const [a, b] = [fromBand(30, band, counter), fromBand(20, band, counter)];
    const shared = ratio(a, b, 'shared');
    expect(shared.value).toBe(1.5);
    expect(shared.low).toBeCloseTo(1.5, 12);
    expect(shared.high).toBeCloseTo(1.5, 12);
    expect(ratio(a, b)).toMatchObject({ low: 18 / 28, high: 42 / 12 });
  });

  it('to what may be zero is an error that names the bounds', () => {
    expect(() => ratio(exact(1, counter), bounded(1, 2, 2))).toThrow(/from -1 to 3/);
    expect(() => ratio(exact(1, counter), exact(0, counter))).toThrow(/may be 0/);
  });
});

describe('a difference', () => {
  it('of a shared source keeps only what differs', () => {
    const band = { low: 0.5, high: 1.5 };
    const [a, b] = [fromBand(30, band, counter), fromBand(20, band, counter)];
    expect(difference(a, b, 'shared')).toMatchObject({ value: 10, low: 5, high: 15 });
    expect(difference(a, b)).toMatchObject({ low: -15, high: 35 });
  });
});

/** Box-Muller over a linear congruential generator. */
function normals(count: number, seed: number): number[] {
  let state = seed;
  const uniform = (): number => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return (state + 0.5) / 2 ** 31;
  };
  return Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}
