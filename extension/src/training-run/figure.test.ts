import type { TrainingRun } from 'halfnote/mime/training';
import { describe, expect, it } from 'vitest';
import type { Theme } from '../plot/figure';
import { hasCurves, trainingFigure } from './figure';

const THEME = {
  text: 't',
  muted: 'm',
  grid: 'g',
  background: 'b',
  font: 'f',
  accents: ['1', '2', '3'],
} as unknown as Theme;

const RUN: TrainingRun = {
  title: 'Training of net',
  format: 'fp16',
  execution: 'simulated',
  state: 'running',
  step: 20,
  steps: 40,
  epoch: 2,
  epochs: 4,
  durationS: 2,
  remainingS: 2,
  batchLoss: [
    [1, 90],
    [2, 'NaN'],
    [20, 1],
  ],
  trained: [
    { epoch: 1, step: 10, values: { loss: 20, val_loss: 10, acc: 0.5 } },
    { epoch: 2, step: 20, values: { loss: 2, val_loss: 4, acc: 0.7 } },
  ],
  lossScale: {
    history: [
      { step: 0, scale: 65536 },
      { step: 5, scale: 32768 },
    ],
    steps: 20,
    skippedAt: [4],
    skippedSteps: 1,
  },
  energyJ: null,
};

describe('the figure of a training', () => {
  it('has a chart for the loss, each metric and the loss scale, over all planned steps', () => {
    const { layout, traces, label } = trainingFigure(RUN, THEME);
    const panels = new Map(Object.entries(layout).filter(([name]) => name.startsWith('yaxis')));
    expect([...panels.keys()]).toEqual(['yaxis', 'yaxis2', 'yaxis3']);
    expect(layout['xaxis']).toMatchObject({ range: [0, 40], anchor: 'y3' });
    const drawn = traces.map(({ name, yaxis, x }) => [name, yaxis, x]);
    expect(drawn).toEqual([
      ['batch', 'y', [1, 20]],
      ['epoch', 'y', [10, 20]],
      ['validation', 'y', [10, 20]],
      ['epoch', 'y2', [10, 20]],
      [undefined, 'y3', [0, 5, 20]],
      ['skipped step', 'y3', [4]],
    ]);
    expect(label).toContain('epoch');
  });

  it('is logarithmic where losses lie decades apart', () => {
    const { layout } = trainingFigure(RUN, THEME);
    expect(layout['yaxis']).toMatchObject({ type: 'log' });
    expect(layout['yaxis2']).toMatchObject({ type: 'linear' });
  });

  it('leaves out a loss scale that did nothing, and is none before the first point', () => {
    const still = {
      history: [{ step: 0, scale: 65536 }],
      steps: 20,
      skippedAt: [],
      skippedSteps: 0,
    };
    const { layout } = trainingFigure({ ...RUN, lossScale: still }, THEME);
    expect(layout).not.toHaveProperty('yaxis3');
    expect(hasCurves({ ...RUN, batchLoss: [], trained: [], lossScale: still })).toBe(false);
  });
});
