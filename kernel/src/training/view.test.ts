import { describe, expect, it } from 'vitest';
import { RecordedRun } from './recorded-run';
import { trainingBundle } from './view';

describe('what is shown of a training', () => {
  it.each([0, 1, 10, 11, 1000])('has a bar of one width after %i of 10 steps', (steps) => {
    const run = new RecordedRun({ title: 'it', format: 'fp32', execution: 'native', steps: 10 });
    for (let step = 0; step < steps; step++) run.advance(1);
    const text = String(trainingBundle(run.payload)['text/plain']);
    expect(/[█░]+/.exec(text)?.[0]).toHaveLength(24);
    expect(text).toContain(`step ${steps}/10`);
  });

  it('names the measure of each figure where the picture is not seen', () => {
    const run = new RecordedRun({ title: 'it', format: 'fp32', execution: 'native', epochs: 1 });
    run.beginEpoch(1);
    run.advance(3);
    run.endEpoch({ loss: 2, acc: 0.5, val_loss: 4, val_acc: 0.25 });
    run.end(true);
    const [alt] = /alt="[^"]*"/.exec(String(trainingBundle(run.payload)['text/html'])) ?? [];
    for (const figure of [
      'Loss (batch) 3.00',
      'Loss (epoch) 2.00',
      'Loss (validation) 4.00',
      'acc (epoch) 0.500',
      'acc (validation) 0.250',
    ])
      expect(alt).toContain(figure);
  });

  it.each([
    [0.693147, 0.693146],
    [123456, 123457],
    [1, 1.0000001],
  ])('says at the ticks of an axis which is which: %d to %d', (from, to) => {
    const run = new RecordedRun({ title: 'it', format: 'fp32', execution: 'native', steps: 2 });
    for (const loss of [from, to]) run.advance(loss);
    const html = String(trainingBundle(run.payload)['text/html']);
    const [, picture = ''] = /utf-8,([^"]*)/.exec(html) ?? [];
    const ticks = [...decodeURIComponent(picture).matchAll(/'end' font-size='10'>([^<]*)/g)];
    expect(ticks.length).toBeGreaterThan(1);
    expect(new Set(ticks.map(([, text]) => text)).size).toBe(ticks.length);
    for (const [, text = ''] of ticks) expect(text.length).toBeLessThan(11);
  });
});
