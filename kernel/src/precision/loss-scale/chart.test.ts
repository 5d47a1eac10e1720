import { picturesIn } from '../../display/pictures.fixture';
import { describe, expect, it } from 'vitest';
import { picture } from '../../display/fallback';
import { lossScaleChart } from './chart';
import type { GradientRanges } from '../../payloads/ranges/schema';

const steady: GradientRanges['lossScale'] = {
  value: 1024,
  suggested: 1024,
  reason: '',
  skippedSteps: 0,
  history: [{ step: 0, scale: 1024 }],
  steps: 100,
  skippedAt: [],
};
const dynamic = {
  ...steady,
  skippedSteps: 2,
  history: [
    { step: 0, scale: 65536 },
    { step: 3, scale: 32768 },
    { step: 50, scale: 16384 },
  ],
  skippedAt: [2, 49],
};

/** What stands on the vertical axis, top first. */
const ticks = (drawing: string): string[] =>
  [...drawing.matchAll(/>(2[⁰¹²³⁴⁵⁶⁷⁸⁹]+)</g)].map(([, text]) => text ?? '').reverse();

describe('the loss scale over steps', () => {
  it('is drawn as a step function on a log2 axis, with a cross for each skipped step', () => {
    const { html } = picture((width) => lossScaleChart(dynamic, width));
    const [drawing = ''] = picturesIn(html);
    expect(ticks(drawing)).toEqual(['2¹⁷', '2¹⁶', '2¹⁵', '2¹⁴', '2¹³']);
    // An octave is a quarter of 96 pixels: 2^17 at 26, 2^16 at 50, 2^15 at 74, 2^14 at 98.
    expect(drawing).toContain('M52 50H68.8V74H332V98H612');
    expect(drawing.match(/l7 7m0 -7l-7 7/g)).toHaveLength(3);
    expect(html).toContain('<img alt="Loss scale over the steps. Loss scale from 65536');
  });

  it('is left out where nothing happened', () => {
    expect(lossScaleChart(steady)).toBeUndefined();
    expect(lossScaleChart({ ...steady, history: [] })).toBeUndefined();
    expect(lossScaleChart({ ...steady, skippedAt: [4] })).not.toBeUndefined();
  });
});
