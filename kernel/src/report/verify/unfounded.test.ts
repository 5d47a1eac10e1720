import { describe, expect, it } from 'vitest';
import { makeReport } from '../make/make-report';
import { factsOf, sampleReport, trialOf } from '../report.fixture';
import { unfounded } from './unfounded';

const report = sampleReport();

describe('what follows from the figures of a report', () => {
  it('is right in one as it was made, of a failed run and of a loaded machine too', () => {
    const failure = { cell: 2, name: 'RangeError', message: 'too far' };
    const loaded = makeReport(factsOf([trialOf({ others: 4 })]));
    for (const each of [report, loaded, makeReport(factsOf([trialOf({ failure })]))]) {
      expect(unfounded(each)).toEqual([]);
    }
  });

  it('is missed where grams, the SCI or the verdict were made better', () => {
    const { carbon, energy } = report;
    const operationalG = { ...carbon.operationalG, value: carbon.operationalG.value / 10 };
    const [place, sci] = unfounded({ ...report, carbon: { ...carbon, operationalG } });
    expect(place).toMatch(/^carbon\.operationalG is .*, the report's own figures give/);
    expect(sci).toMatch(/^carbon\.sci is/);
    const cells = energy.cells.map((cell) => ({ ...cell, co2eG: { ...cell.co2eG, value: 0 } }));
    expect(unfounded({ ...report, energy: { ...energy, cells } })).toHaveLength(cells.length);
    const verdict = { valid: true, reasons: ['steal'] };
    expect(unfounded({ ...report, verdict })).toEqual([
      'verdict.valid is true, of 1 reasons against it',
    ]);
  });
});
