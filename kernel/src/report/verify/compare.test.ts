import { describe, expect, it } from 'vitest';
import { exact } from '../../quantities/make';
import { makeReport } from '../make/make-report';
import { CELLS, factsOf, sampleReport, trialOf } from '../report.fixture';
import { changedSettings } from './changed-settings';
import { compareRuns, TOLERANCES } from './compare';
import { otherMachine } from './machine';
import { otherMeters } from './meters';
import { otherCells, otherInputs } from './same-code';
import { comparedText } from './text';

const before = sampleReport();
const ALL = { joules: true, seconds: true };
const NEITHER = { joules: false, seconds: false };
const failing = (after = before, tolerances = TOLERANCES, comparable = ALL): string[] =>
  compareRuns(before, after, tolerances, comparable)
    .filter(({ answer }) => answer === 'does not hold')
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
    const [user] = compareRuns(before, after, TOLERANCES, ALL);
    expect(user).toMatchObject({
      figure: "energy of the notebook's code",
      answer: 'does not hold',
    });
    expect(user?.change).toBeCloseTo(1, 9);
    expect(comparedText(compareRuns(before, after, TOLERANCES, ALL))).toMatch(
      /^energy of the notebook's code +100 J +201 J +\+100 % +±25 % +±\S+ % +DOES NOT HOLD$/m,
    );
  });

  it('takes scatter that allows a figure for no evidence that it holds', () => {
    const of = (...energies: number[]) =>
      makeReport(factsOf(energies.map((energy) => trialOf({ energy, method: 'modelled' }))));
    const answers = (a: typeof before, b: typeof before) =>
      compareRuns(a, b, TOLERANCES, ALL).map(({ answer }) => answer);
    // Student's factor of two trials is 12.7: all is possible.
    expect(answers(of(9, 11), of(19, 21))[0]).toBe('too few trials to tell');
    expect(answers(of(9, 11), of(9, 12))[0]).toBe('holds');
    expect(answers(of(9, 10, 11, 10, 9, 11), of(19, 20, 21, 20))[0]).toBe('does not hold');
    const once = compareRuns(of(10), of(11), TOLERANCES, ALL);
    expect(once[0]).toMatchObject({ scatter: null, answer: 'holds' });
    // Alone, each has a band of 40 %, which is the same both times.
    expect(answers(of(10, 10.1), of(14, 14.1))[0]).toBe('does not hold');
  });

  it('compares no joules of other meters, but their shares, the time and results', () => {
    const modelled = makeReport(factsOf([trialOf({ method: 'modelled' })]));
    expect(otherMeters(before, before)).toEqual([]);
    expect(otherMeters(before, modelled)).toEqual([
      'cpu, counter, a counter of the cpu: only in the report',
      'dram, counter, a counter of the dram: only in the report',
      'cpu, modelled, a model of the cpu: only here',
      'dram, modelled, a model of the dram: only here',
    ]);
    const memory = (gb: string): typeof before => {
      const [first] = before.energy.devices;
      if (first === undefined) throw new Error('no device');
      return { ...before, energy: { ...before.energy, devices: [{ ...first, source: gb }] } };
    };
    expect(otherMeters(memory('of 25.3 GB x 3 W/GB'), memory('of 25.1 GB x 3 W/GB'))).toEqual([]);
    const { hardware } = modelled;
    const stronger = {
      ...modelled,
      hardware: { ...hardware, cpu: { ...hardware.cpu, tdpW: 150 } },
    };
    expect(otherMeters(modelled, stronger)).toEqual(['TDP in W: unknown in the report, 150 here']);
    const figures = compareRuns(before, modelled, TOLERANCES, { joules: false, seconds: true });
    const names = figures.map(({ figure }) => figure);
    expect(names).toContain('time');
    expect(names).toContain('accuracy');
    expect(figures.map(({ unit }) => unit)).not.toContain('J');
  });

  it('knows a model whose error is stated to be less than it is', () => {
    const modelled = makeReport(factsOf([trialOf({ method: 'modelled' })]));
    const narrowed = (of: 'machineJ' | 'user') => ({
      ...modelled,
      energy: {
        ...modelled.energy,
        devices: modelled.energy.devices.map((device) => {
          const { machineJ, accountsJ } = device;
          const narrow = (figure: typeof machineJ) => ({
            ...figure,
            systematic: { below: figure.value / 100, above: figure.value / 100 },
          });
          return of === 'machineJ'
            ? { ...device, machineJ: narrow(machineJ) }
            : { ...device, accountsJ: { ...accountsJ, user: narrow(accountsJ.user) } };
        }),
      },
    });
    expect(otherMeters(modelled, modelled)).toEqual([]);
    for (const of of ['machineJ', 'user'] as const) {
      expect(otherMeters(narrowed(of), modelled)).toEqual([
        'error of cpu, a model of the cpu: -1.0 % to +1.0 % in the report, -40 % to +40 % here',
        'error of dram, a model of the dram: -1.0 % to +1.0 % in the report, -40 % to +40 % here',
      ]);
    }
  });

  it('knows a grid that is said to be cleaner than it is, with grams that follow', () => {
    const { carbon } = before;
    const forged = {
      ...before,
      carbon: {
        ...carbon,
        intensity: {
          ...carbon.intensity,
          gramsPerKWh: exact(1, { method: 'literature', samples: 3 }),
        },
      },
    };
    expect(compareRuns(forged, before, TOLERANCES, NEITHER)).toContainEqual(
      expect.objectContaining({ figure: 'intensity of the grid', answer: 'does not hold' }),
    );
    expect(failing(before, TOLERANCES, NEITHER)).toEqual([]);
  });

  it('has nothing to say of what was not measured', () => {
    const empty = makeReport({
      ...factsOf([{ ...trialOf(), windows: [], cells: [] }]),
      carbon: { region: 'FRA' },
    });
    expect(compareRuns(empty, empty, TOLERANCES, ALL)).toEqual([]);
    expect(compareRuns(empty, before, TOLERANCES, NEITHER)).toEqual([]);
  });

  it('compares scores more strictly, and misses those that are gone', () => {
    const trials = [0.93, 0.93, 0.93].map((accuracy) => trialOf({ accuracy }));
    expect(failing(makeReport(factsOf(trials)))).toEqual(['accuracy']);
    const without = { ...before, results: before.results.slice(1) };
    expect(failing(without)).toEqual(['accuracy']);
  });

  it('compares shares of cells on another machine, where joules say nothing', () => {
    const other = sampleReport(7);
    expect(failing(other, TOLERANCES, NEITHER)).toEqual([]);
    const shifted = {
      ...other,
      samples: other.samples.map((sample) =>
        sample.cell === 1 ? { ...sample, accountsJ: { ...sample.accountsJ, user: 300 } } : sample,
      ),
    };
    expect(failing(shifted, TOLERANCES, NEITHER)).toContain(
      "share of cell 2 in the notebook's energy",
    );
  });

  it('names each setting of the machine that is another, and nothing that only says where or why', () => {
    const settings = (more: typeof before.settings) => sampleReport(1, { settings: more });
    const a = settings({ 'machine.governor': 'performance', 'machine.smt': 'on', trials: 3 });
    const b = settings({
      'machine.governor': 'powersave',
      'machine.smt': null,
      'machine.smt.unknown': 'it tells nothing',
      'env.OMP_NUM_THREADS': '1',
      trials: 5,
      notebook: '../a.ipynb',
    });
    expect(changedSettings(a, a)).toEqual([]);
    expect(changedSettings(a, b)).toEqual([
      'machine.governor was performance for the report, and is powersave here',
      'machine.smt was on for the report, and is – here',
      'env.OMP_NUM_THREADS was – for the report, and is 1 here',
    ]);
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
