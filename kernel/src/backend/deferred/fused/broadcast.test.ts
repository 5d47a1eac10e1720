import { describe, expect, it } from 'vitest';
import { broadcastTo, sizeOf } from './broadcast';

/** The element of an operand that belongs to element `i` of a result, axis by axis as NumPy has it. */
function elementAt(shape: readonly number[], result: readonly number[], i: number): number {
  let rest = i;
  let stride = 1;
  let element = 0;
  for (let axis = 1; axis <= result.length; axis++) {
    const at = rest % (result.at(-axis) ?? 1);
    rest = Math.floor(rest / (result.at(-axis) ?? 1));
    const own = axis <= shape.length ? (shape.at(-axis) ?? 1) : 1;
    element += (own === 1 ? 0 : at) * stride;
    stride *= own;
  }
  return element;
}

function* shapes(rank: number): Generator<number[]> {
  if (rank === 0) {
    yield [];
    return;
  }
  for (const rest of shapes(rank - 1)) for (const length of [1, 2, 3]) yield [length, ...rest];
}

describe('how an operand is broadcast', () => {
  it('takes the elements that NumPy takes, for all shapes of up to three axes', () => {
    let fitting = 0;
    for (const result of shapes(3)) {
      for (let rank = 0; rank <= 3; rank++) {
        for (const shape of shapes(rank)) {
          const broadcast = broadcastTo(shape, result);
          if (broadcast === undefined) continue;
          fitting += 1;
          const { repeat, period } = broadcast;
          expect(period).toBe(sizeOf(shape));
          for (let i = 0; i < sizeOf(result); i++) {
            expect(Math.floor(i / repeat) % period).toBe(elementAt(shape, result, i));
          }
        }
      }
    }
    expect(fitting).toBeGreaterThan(200);
  });

  it('refuses shapes that do not fit, and axes that do not lie side by side', () => {
    expect(broadcastTo([4], [2, 3])).toBeUndefined();
    expect(broadcastTo([2, 3, 4], [3, 4])).toBeUndefined();
    expect(broadcastTo([2, 3], [1, 3])).toBeUndefined();
    expect(broadcastTo([2, 1, 4], [2, 3, 4])).toBeUndefined();
  });
});
