import { lossScaleHistory } from 'halfnote/mime';
import { expect, it } from 'vitest';
import type { Theme } from '../plot/figure';
import { happenings, lossScaleFigure } from './loss-scale';

const history = lossScaleHistory({
  history: [
    { step: 0, scale: 32768 },
    { step: 8, scale: 16384 },
  ],
  steps: 20,
  skippedAt: [7],
});
const theme = { accents: ['one', 'two', 'three'] } as unknown as Theme;

it('draws the scale as steps to the last one tried, and crosses where a step was skipped', () => {
  if (history === undefined) throw new Error('no history');
  const { traces, label } = lossScaleFigure(history, theme);
  expect(traces[0]).toMatchObject({ x: [0, 8, 20], y: [15, 14, 14], line: { shape: 'hv' } });
  expect(traces[1]).toMatchObject({ x: [7], y: [15], marker: { symbol: 'x' } });
  expect(label).toMatch(/from 32768 .* to 16384 .* 1 step skipped.*The table has the figures/);
});

it('tells the same in a table', () => {
  if (history === undefined) throw new Error('no history');
  expect(happenings(history).map(({ step, what }) => [step, what])).toEqual([
    [0, 'scale'],
    [7, 'skipped'],
    [8, 'scale'],
  ]);
});
