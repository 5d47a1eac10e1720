import { describe, expect, it } from 'vitest';
import { makeReport } from '../make/make-report';
import { RESULT_MIME } from '../results/record-result';
import { factsOf, sampleReport, trialOf } from '../report.fixture';
import { differencesOf, figureDifferences } from './diff';
import { diffText } from './text';

const a = sampleReport();

describe('the difference of two reports', () => {
  it('names each thing that they were made of and that is another', () => {
    const facts = factsOf([]);
    const b = sampleReport(1, {
      code: { commit: 'f'.repeat(40), dirty: true },
      versions: { halfnote: '0.2.0', tensorflow: 'tensorflow-cpu 2.21.0' },
      hardware: { ...facts.hardware, gpus: [{ name: 'NVIDIA H200' }] },
      settings: { ...facts.settings, timeoutS: 60 },
      carbon: { region: 'DEU', pue: 1.2 },
      inputs: [],
    });
    expect(
      differencesOf(a, b).map(({ part, field, a: x, b: y }) => [part, field, x, y].join(' | ')),
    ).toEqual([
      `code | commit | ${factsOf([]).code?.commit ?? ''} | ${'f'.repeat(40)}`,
      'code | uncommitted changes | false | true',
      'data | digits.csv | aaaaaaaaaaaa | –',
      'versions | halfnote | 0.1.0 | 0.2.0',
      'versions | node | 24.0.0 | –',
      'versions | tensorflow | – | tensorflow-cpu 2.21.0',
      'hardware | GPU | none | NVIDIA H200',
      'settings | timeoutS | – | 60',
      'settings | region | FRA | DEU',
      'settings | wueLPerKWh | 1.8 | –',
      'settings | embodiedKgCO2e | 300 | –',
      'settings | lifetimeYears | 4 | –',
      'boundary | water, L/kWh | 1.8 | –',
      expect.stringMatching(/^boundary \| region \| FRA.* \| DEU/) as string,
      expect.stringMatching(/^boundary \| intensity, g\/kWh/) as string,
    ]);
  });

  it('tells by Welch’s test whether a figure is lower, higher, or no difference is shown', () => {
    const verdict = (factor: number): string | undefined =>
      figureDifferences(a, sampleReport(factor)).find(({ figure }) => figure.includes("notebook's"))
        ?.verdict;
    expect(verdict(0.8)).toBe('lower');
    expect(verdict(1.3)).toBe('higher');
    expect(verdict(1.01)).toBe('no difference shown');
    const once = makeReport(factsOf([trialOf({ energy: 20 })]));
    expect(figureDifferences(a, once)[0]).toMatchObject({
      verdict: 'too few trials to tell',
      effect: null,
    });
  });

  it('compares scores by their intervals', () => {
    const of = (...scores: number[]) =>
      makeReport(factsOf(scores.map((accuracy) => trialOf({ accuracy }))));
    const accuracy = (b: typeof a): string | undefined =>
      figureDifferences(of(0.9, 0.91, 0.92), b).find(({ figure }) => figure === 'accuracy')
        ?.verdict;
    expect(accuracy(of(0.91, 0.9, 0.93))).toBe('no difference shown');
    expect(accuracy(of(0.5, 0.51, 0.5))).toBe('lower');
  });

  it('tells results that a cell records again by their place, and shows what only one report has', () => {
    const losses = (...values: number[]) =>
      makeReport(
        factsOf(
          [1, 2, 3].map(() => {
            const trial = trialOf();
            const [first, ...cells] = trial.cells;
            if (first === undefined) throw new Error('no cell');
            const outputs = values.map((value) => ({
              output_type: 'display_data',
              data: { [RESULT_MIME]: { name: 'loss', value, unit: '' } },
            }));
            return { ...trial, cells: [{ ...first, outputs }, ...cells] };
          }),
        ),
      );
    const b = losses(0.9, 0.4, 0.2);
    const rows = (x: typeof a, y: typeof a) =>
      figureDifferences(x, y)
        .filter(({ figure }) => figure === 'loss')
        .map(({ a: before, b: after, ratio, verdict }) => [before, after, ratio, verdict]);
    expect(rows(losses(0.9, 0.5), b)).toEqual([
      [0.9, 0.9, 1, 'no difference shown'],
      [0.5, 0.4, 0.8, 'lower'],
      [NaN, 0.2, null, 'only in b'],
    ]);
    expect(rows(losses(0.9), losses())).toEqual([[0.9, NaN, null, 'only in a']]);
    expect(diffText(a, b)).toMatch(/^loss +– +0\.9000 +– +only in b *$/m);
    const failure = { cell: 2, name: 'RangeError', message: 'too far' };
    const failed = makeReport(factsOf([trialOf({ failure })]));
    expect(diffText(failed, a)).toMatch(/^energy of cell 3 +– +90\.3 J +– +only in b *$/m);
  });

  it('is printed as two tables', () => {
    const text = diffText(a, sampleReport(0.5));
    expect(text).toContain('Code, data, versions, hardware and settings are the same.');
    expect(text).toMatch(/^energy of the notebook's code +100 J +50\.2 J +0\.500x +lower +-/m);
    expect(diffText(a, a)).toBe('The two are the same report.');
    const failure = { cell: 2, name: 'RangeError', message: 'too far' };
    const failed = makeReport(factsOf([trialOf({ failure })]));
    expect(diffText(a, failed)).toContain('b is of a run that failed.');
  });
});
