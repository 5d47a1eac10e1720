import { describe, expect, it } from 'vitest';
import { makeReport } from '../make/make-report';
import { CELLS, factsOf, sampleReport, trialOf } from '../report.fixture';
import { compareRuns, TOLERANCES } from './compare';
import { otherMachine } from './machine';
import { otherCells, otherInputs } from './same-code';
import { comparedText } from './text';

const before = sampleReport();
const failing = (after = before, tolerances = TOLERANCES, isSame = true): string[] =>
  compareRuns(before, after, tolerances, isSame)
    .filter(({ holds }) => !holds)
    .map(({ figure }) => figure);

describe('a report that is run again', () => {
  it('holds within the tolerance, which may be set', () => {
    expect(failing(sampleReport(1.2))).toEqual([]);
    expect(failing(sampleReport(1.2), { ...TOLERANCES, energy: 0.05 })).toEqual([
      "energy of the notebook's code",
      'energy of the whole machine',
      'energy of cell 2',
      'energy of cell 3',
    ]);
  });

  it('says which figure is not reproduced, and by how much', () => {
    const after = sampleReport(2);
    const [user] = compareRuns(before, after, TOLERANCES, true);
    expect(user).toMatchObject({ figure: "energy of the notebook's code", holds: false });
    expect(user?.change).toBeCloseTo(1, 9);
    expect(comparedText(compareRuns(before, after, TOLERANCES, true))).toMatch(
      /^energy of the notebook's code +100 J +201 J +\+100 % +±25 % +DOES NOT HOLD$/m,
    );
  });

  it('allows for the scatter of trials, not for the errors of models', () => {
    const of = (...energies: number[]) =>
      makeReport(factsOf(energies.map((energy) => trialOf({ energy, method: 'modelled' }))));
    const scattered = of(6, 10, 20);
    const steady = of(20, 20, 20);
    const names = (a: typeof before, b: typeof before): string[] =>
      compareRuns(a, b, TOLERANCES, true).flatMap(({ figure, holds }) => (holds ? [] : [figure]));
    expect(names(scattered, steady)).toEqual([]);
    // Alone, each has a band of 40 %, which is the same both times.
    expect(names(of(10, 10.1), of(14, 14.1))).toContain("energy of the notebook's code");
  });

  it('compares scores more strictly, and misses those that are gone', () => {
    const trials = [0.93, 0.93, 0.93].map((accuracy) => trialOf({ accuracy }));
    expect(failing(makeReport(factsOf(trials)))).toEqual(['accuracy']);
    const without = { ...before, results: before.results.slice(1) };
    expect(failing(without)).toEqual(['accuracy']);
  });

  it('compares shares of cells on another machine, where joules say nothing', () => {
    const other = sampleReport(7);
    expect(failing(other, TOLERANCES, false)).toEqual([]);
    const shifted = {
      ...other,
      samples: other.samples.map((sample) =>
        sample.cell === 1 ? { ...sample, accountsJ: { ...sample.accountsJ, user: 300 } } : sample,
      ),
    };
    expect(failing(shifted, TOLERANCES, false)).toContain(
      "share of cell 2 in the notebook's energy",
    );
  });

  it('knows another machine by what computes, not by its system', () => {
    const { hardware } = before;
    expect(otherMachine(hardware, { ...hardware, os: 'Linux 9', memoryBytes: 16.2e9 })).toEqual([]);
    const gpus = [{ name: 'NVIDIA H200' }];
    const cpu = { ...hardware.cpu, threads: 64 };
    expect(otherMachine(hardware, { ...hardware, gpus, cpu })).toEqual([
      'threads: 8 in the report, 64 here',
      'GPU: none in the report, NVIDIA H200 here',
    ]);
  });

  it('names the cells and inputs that are others', () => {
    expect(otherCells(before, CELLS)).toEqual([]);
    const [title, first, second] = CELLS;
    if (!title || !first || !second) throw new Error('no cells');
    expect(otherCells(before, [title, first, { ...second, source: 'x' }])).toEqual([
      'cell 3 has other code',
    ]);
    expect(otherCells(before, [title, first])).toEqual(['cell 3 is missing']);
    expect(otherCells(before, [{ ...title, source: '# Letters' }, first, second])).toEqual([
      'text between the code cells has changed',
    ]);
    const more = { ...second, index: 3 };
    expect(otherCells(before, [title, first, second, more])).toEqual([
      "cell 4 isn't in the report",
    ]);
    expect(otherInputs(before, [])).toEqual(['the input digits.csv is missing']);
  });
});
