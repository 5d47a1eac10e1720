import { expect, it } from 'vitest';
import { boxAfter } from './walk';

const edge = (from: number, to: number) => ({ from, to, points: [] });
const box = (x: number) => ({ x, y: 0, width: 10, height: 10, nodes: [0] });
/** A fork: 0 to 1 and 2, both to 3. */
const FORK = {
  boxes: [box(10), box(0), box(20), box(10)],
  edges: [edge(0, 1), edge(0, 2), edge(1, 3), edge(2, 3)],
};

it.each([
  [0, 'ArrowDown', 1],
  [1, 'ArrowRight', 2],
  [2, 'ArrowLeft', 1],
  [1, 'ArrowLeft', undefined],
  [3, 'ArrowUp', 1],
  [0, 'ArrowUp', undefined],
  [3, 'Home', 0],
  [0, 'End', 3],
  [0, 'x', undefined],
])('leads from box %i by %s to %s', (at, key, to) => {
  expect(boxAfter(FORK, at, key)).toBe(to);
});
