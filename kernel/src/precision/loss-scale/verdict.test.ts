import { expect, it } from 'vitest';
import { lossScaleVerdict } from './verdict';

const trace = (step: number, skippedSteps: number, scale = 65_536) => ({
  scale,
  step,
  skippedSteps,
  skippedAt: [],
  history: [],
  skips:
    skippedSteps === 0
      ? []
      : [
          {
            step: 2,
            scale,
            gradients: [{ variable: 'head/kernel', layer: 'head', nan: 3, infinite: 0, size: 64 }],
          },
        ],
});

it('is good while steps are taken, and where only the first ones sought a scale', () => {
  expect(lossScaleVerdict(trace(0, 0)).sentence).toBe(
    'Loss scale 65536 (2¹⁶); no step was taken yet.',
  );
  expect(lossScaleVerdict(trace(1, 0)).sentence).toMatch(/the one step had finite gradients/);
  expect(lossScaleVerdict(trace(40, 0))).toMatchObject({ tone: 'good' });
  expect(lossScaleVerdict(trace(200, 2))).toEqual({
    sentence:
      '2 of 200 steps skipped (1.00%), the latest at step 2 by head/kernel; loss scale 65536 (2¹⁶).',
    tone: 'good',
  });
});

it('warns of many skips, and calls it a problem where no scale helps', () => {
  expect(lossScaleVerdict(trace(40, 4))).toMatchObject({
    tone: 'caution',
    next: '%gradients on',
  });
  expect(lossScaleVerdict(trace(40, 30)).tone).toBe('problem');
  expect(lossScaleVerdict(trace(3, 1, 1)).tone).toBe('problem');
});
