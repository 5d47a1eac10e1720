import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { difference } from './check-equal';

const GRAPH = {
  nodes: new Map(),
  inputs: [{ name: 'x', shape: [null, 3], dtype: 'float32' as const }],
  outputs: [],
  weights: new Map(),
};

/** The difference of layers and a graph that give these, whatever they are given. */
function between(layers: readonly number[], graph: readonly number[]): number | undefined {
  const model = { execute: () => [tf.tensor2d([...graph], [1, 3])] };
  const made = { apply: () => tf.tensor2d([...layers], [1, 3]) };
  const outputs = [{ node: 'y', index: 0 }];
  const found = difference(model as never, made as never, GRAPH, outputs, 1);
  return found?.relative;
}

describe('layers made of a graph', () => {
  it('are equal to it within what float32 may lose', () => {
    expect(between([1, 2, 3], [1, 2, 3.0001])).toBeUndefined();
    expect(between([1, 2, 3], [1, 2, 4])).toBeCloseTo(0.25);
    expect(between([NaN, -Infinity, 3], [NaN, -Infinity, 3])).toBeUndefined();
  });

  it('differ where only one of them is a finite number', () => {
    for (const odd of [NaN, Infinity, -Infinity]) {
      expect(between([1, odd, 3], [1, 2, 3])).toBe(Infinity);
      expect(between([1, 2, 3], [1, odd, 3])).toBe(Infinity);
    }
  });
});
