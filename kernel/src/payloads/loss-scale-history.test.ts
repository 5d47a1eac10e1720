import { describe, expect, it } from 'vitest';
import { lossScaleHistory, scaleAt } from './loss-scale-history';

const changes = {
  history: [
    { step: 0, scale: 65536 },
    { step: 3, scale: 32768 },
    { step: 50, scale: 16384 },
  ],
  steps: 100,
  skippedAt: [2, 49],
};

describe("the loss scale's history", () => {
  it('is told in words', () => {
    expect(lossScaleHistory(changes)?.summary).toBe(
      'Loss scale from 65536 (2¹⁶) to 16384 (2¹⁴) over 100 steps, 2 changes, 2 steps skipped.',
    );
    expect(scaleAt({ points: lossScaleHistory(changes)?.points ?? [] }, 49)).toBe(15);
  });

  it('survives scales that are no numbers', () => {
    expect(lossScaleHistory({ ...changes, history: [{ step: 0, scale: 'NaN' }] })).toBeUndefined();
  });
});
