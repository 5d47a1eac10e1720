import { describe, expect, test } from 'vitest';
import { type Choice, hullFrontier, paretoFrontier, relaxedCost } from './frontier';

/** Choices of random sizes and costs, costs falling with size as those of formats do. */
function problem(layers: number, choices: number, seed: number): Choice[][] {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: layers }, () => {
    const [weights, harm] = [1 + Math.floor(random() * 1000), random()];
    return Array.from({ length: choices }, (_, i) => ({
      size: weights * (i + 1),
      cost: harm * random() * 4 ** -i,
    }));
  });
}

/** The least cost of all assignments up to a size, by trying each. */
function bruteForce(layers: readonly (readonly Choice[])[], size: number): number {
  const best = (layer: number, left: number): number => {
    if (left < 0) return Infinity;
    const choices = layers[layer];
    if (choices === undefined) return 0;
    return Math.min(...choices.map((choice) => choice.cost + best(layer + 1, left - choice.size)));
  };
  return best(0, size);
}

describe('paretoFrontier', () => {
  test.each([1, 2, 3, 4, 5])('finds the best of all assignments for any size (%i)', (seed) => {
    const layers = problem(7, 4, seed);
    const { assignments, exact } = paretoFrontier(layers);
    expect(exact).toBe(true);
    const [least, most] = [assignments[0]?.size ?? 0, assignments.at(-1)?.size ?? 0];
    for (let i = 0; i <= 20; i++) {
      const size = least + ((most - least) * i) / 20;
      const found = assignments.findLast((assignment) => assignment.size <= size);
      expect(found?.cost).toBeCloseTo(bruteForce(layers, size), 12);
    }
  });

  test('lists what it chose, by rising size and falling cost', () => {
    const layers = problem(6, 3, 9);
    const { assignments } = paretoFrontier(layers);
    for (const [i, { size, cost, chosen }] of assignments.entries()) {
      const taken = chosen.map((choice, layer) => layers[layer]?.[choice]);
      expect(taken.reduce((sum, choice) => sum + (choice?.size ?? NaN), 0)).toBe(size);
      expect(taken.reduce((sum, choice) => sum + (choice?.cost ?? NaN), 0)).toBeCloseTo(cost, 12);
      const before = assignments[i - 1];
      if (before === undefined) continue;
      expect(size).toBeGreaterThan(before.size);
      expect(cost).toBeLessThan(before.cost);
    }
  });

  test('says when it had to thin the list, and its bound holds', () => {
    const layers = problem(8, 4, 21);
    const { assignments, exact } = paretoFrontier(layers, 50);
    expect(exact).toBe(false);
    expect(assignments.length).toBeLessThanOrEqual(52);
    const whole = paretoFrontier(layers).assignments;
    for (const { size, cost } of assignments) {
      const best = whole.findLast((assignment) => assignment.size <= size);
      expect(cost).toBeGreaterThanOrEqual((best?.cost ?? NaN) - 1e-12);
      expect(relaxedCost(layers, size)).toBeLessThanOrEqual((best?.cost ?? NaN) + 1e-12);
    }
  });

  test('takes many layers', () => {
    const layers = problem(120, 4, 5);
    const { assignments } = paretoFrontier(layers, 2000);
    const middle = assignments[Math.floor(assignments.length / 2)];
    const bound = relaxedCost(layers, middle?.size ?? 0);
    expect(((middle?.cost ?? NaN) - bound) / bound).toBeLessThan(0.05);
  });
});

describe('hullFrontier', () => {
  test.each([1, 2, 3])('finds only assignments that are best for their size (%i)', (seed) => {
    const layers = problem(7, 4, seed);
    const { assignments } = hullFrontier(layers, 1000);
    expect(assignments.length).toBeGreaterThan(7);
    for (const { size, cost, chosen } of assignments) {
      const taken = chosen.map((choice, layer) => layers[layer]?.[choice]);
      expect(taken.reduce((sum, choice) => sum + (choice?.size ?? NaN), 0)).toBeCloseTo(size, 9);
      expect(taken.reduce((sum, choice) => sum + (choice?.cost ?? NaN), 0)).toBeCloseTo(cost, 12);
      expect(cost).toBeCloseTo(bruteForce(layers, size), 12);
    }
  });

  test('goes from the smallest to the one with the least harm, in as many as were asked for', () => {
    const layers = problem(300, 8, 4);
    const { assignments } = hullFrontier(layers, 50);
    const exact = paretoFrontier(layers, 200).assignments;
    expect(assignments.length).toBeLessThanOrEqual(51);
    expect(assignments[0]?.size).toBeCloseTo(exact[0]?.size ?? NaN, 6);
    expect(assignments.at(-1)?.cost).toBeCloseTo(exact.at(-1)?.cost ?? NaN, 6);
  });
});
