import { describe, expect, it } from 'vitest';
import { dramModel } from '../../energy/devices/dram-model';
import { factsOf, sampleReport, trialOf } from '../report.fixture';
import { boundaryOf } from './boundary';
import { makeReport } from './make-report';

const failure = { cell: 2, name: 'RangeError', message: 'too far' };

describe('a report of a run', () => {
  it('gives each figure over the trials, with its interval', () => {
    const { energy, trials } = sampleReport();
    expect(trials).toBe(3);
    expect(energy.accountsJ.user.value).toBeCloseTo(100.333, 3);
    // Student's interval of 99, 100 and 102, by SciPy: stats.t.interval(0.95, 2, mean, sem).
    expect(energy.accountsJ.user.statistical.above).toBeCloseTo(3.79461, 4);
    expect(energy.accountsJ.user.systematic.above).toBeCloseTo(100.333 * 0.05, 3);
    expect(energy.cells.map(({ index }) => index)).toEqual([1, 2]);
    expect(energy.cells[1]?.energyJ.value).toBeCloseTo(90.3, 6);
  });

  it('knows that joules and seconds are not negative, however few trials scatter', () => {
    const { energy, carbon } = makeReport(
      factsOf([trialOf({ energy: 1 }), trialOf({ energy: 9 })]),
    );
    const { user } = energy.accountsJ;
    expect(user.value - user.statistical.below).toBeLessThan(0);
    const lows = [user, energy.machineJ, carbon.operationalG, energy.cells[1]?.energyJ];
    expect(lows.map((figure) => figure?.low)).toEqual([0, 0, 0, 0]);
  });

  it('has accounts and samples that add up', () => {
    const { energy, samples } = sampleReport();
    const { user, halfnote, rest } = energy.accountsJ;
    expect(user.value + halfnote.value + rest.value).toBeCloseTo(energy.machineJ.value, 9);
    const sum = samples.reduce((total, { machineJ }) => total + machineJ, 0);
    expect(sum / 3).toBeCloseTo(energy.machineJ.value, 9);
    for (const { devices, machineJ } of samples) {
      const joules = devices.map((device) => device?.machineJ ?? 0);
      expect(joules.reduce((a, b) => a + b, 0)).toBeCloseTo(machineJ, 9);
    }
  });

  it('goes by the cells alone where the journal lacks the session', () => {
    const { energy, verdict } = makeReport(factsOf([trialOf({ session: false })]));
    expect(energy.accountsJ.user.value).toBeCloseTo(100, 9);
    expect(energy.accountsJ.halfnote.value).toBeCloseTo(5, 9);
    expect(energy.devices.map(({ component }) => component)).toEqual(['cpu', 'dram']);
    expect(energy.devices[1]?.idleJ).toBeNull();
    // The kernel was ended: what it had open then is lost.
    const figures = [energy.machineJ, energy.accountsJ.user, energy.devices[0]?.machineJ];
    expect(figures.map((figure) => figure?.complete)).toEqual([false, false, false]);
    expect(verdict.reasons).toContain('the energy is incomplete');
  });

  it('turns joules into grams, litres and an SCI that says of what', () => {
    const { carbon, energy } = sampleReport();
    const user = energy.accountsJ.user.value;
    const grams = (user / 3.6e6) * 1.2 * carbon.intensity.gramsPerKWh.value;
    expect(carbon.operationalG.value).toBeCloseTo(grams, 12);
    expect(carbon.waterL?.value).toBeCloseTo((user / 3.6e6) * 1.8, 12);
    const embodied = (300_000 * 6) / (4 * 365.25 * 86_400);
    expect(carbon.embodiedG?.value).toBeCloseTo(embodied, 9);
    expect(carbon.sci?.gramsPerUnit.value).toBeCloseTo(grams + embodied, 9);
    expect(carbon.sci?.unit).toBe('run of the notebook');
  });

  it("carries the scatter of the run's time into the share of making the machine, and says of what", () => {
    const later = trialOf();
    const slow = later.windows.map((record) => ({
      ...record,
      window: { ...record.window, durationS: record.window.durationS * 2 },
    }));
    const facts = factsOf([trialOf(), trialOf(), { ...later, windows: slow }]);
    const { boundary, carbon, energy } = makeReport(facts);
    const { embodiedG, sci } = carbon;
    const relative = ({ value, statistical }: typeof energy.durationS) => statistical.above / value;
    expect(relative(energy.durationS)).toBeGreaterThan(0.5);
    expect(embodiedG && relative(embodiedG)).toBeCloseTo(relative(energy.durationS), 12);
    expect(sci?.gramsPerUnit.statistical.above).toBeGreaterThan(0);
    expect(boundary.included.at(-1)).toMatch(/^software carbon intensity: .*whole machine/);
    const unstated = makeReport({ ...facts, carbon: {} }).boundary;
    expect(unstated.included.join()).not.toContain('intensity');
    expect(unstated.excluded).toContain('the making of the machine');
  });

  it('says of memory without a counter what its figure is', () => {
    const { component, source } = dramModel({ readMachine: () => ({ memoryBytes: 8e9 }) });
    const [device] = sampleReport().energy.devices;
    if (device === undefined) throw new Error('The report has no device.');
    expect(boundaryOf([{ ...device, component, source }], {}).included[0]).toBe(
      'memory: 8.0 GB of RAM at a constant 0.3725 W/GB, Green Algorithms (Lannelongue et al. 2021)',
    );
  });

  it('names the source of the intensity once', () => {
    const report = sampleReport();
    const { source } = report.carbon.intensity;
    expect(source).toContain('g/kWh');
    expect(JSON.stringify(report).split(JSON.stringify(source).slice(1, -1))).toHaveLength(2);
    const grid = report.checklist.find(({ item }) => item === 'The grid is stated');
    expect(grid).toMatchObject({ ok: true });
    expect(grid?.detail).toContain(report.carbon.intensity.region);
  });

  it('has no SCI where the making of the machine is not stated, and says so', () => {
    const { carbon, checklist } = makeReport({ ...factsOf([trialOf()]), carbon: {} });
    expect(carbon).toMatchObject({ embodiedG: null, sci: null, waterL: null });
    expect(carbon.operationalPerUnit).toEqual({
      gramsPerUnit: carbon.operationalG,
      unit: 'run of the notebook',
    });
    const making = checklist.find(({ item }) => item === 'Making the machine is stated');
    expect(making?.detail).toMatch(
      /^no SCI, .*: M is missing\. Give .* by --embodied <kgCO2e>, .* --lifetime <years>\. .*operational part, E x I per run of the notebook: [\d.]+ m?g/,
    );
    const missing = checklist.filter(({ ok }) => !ok).map(({ item }) => item);
    expect(missing).toContain('Making the machine is stated');
    expect(missing).toContain('The grid is stated');
    expect(missing).toContain('There are trials enough for an interval');
  });

  it('takes scores, tables and gradients from the run itself', () => {
    const { results, precisionTables, gradientRanges } = sampleReport();
    const accuracy = results.find(({ name }) => name === 'accuracy');
    expect(accuracy).toMatchObject({ cell: 2, unit: '', value: { samples: 3 } });
    expect(accuracy?.value.value).toBeCloseTo(0.97, 12);
    expect(results.length).toBeGreaterThan(1);
    expect(precisionTables).toHaveLength(1);
    expect(gradientRanges).toHaveLength(1);
  });

  it('is VALID, or says why not', () => {
    expect(sampleReport().verdict).toEqual({ valid: true, reasons: [], remarks: [] });
    const loaded = makeReport(factsOf([trialOf({ others: 4 })]));
    expect(loaded.verdict).toEqual({
      valid: false,
      reasons: [
        'other programs used 50.0% of the processor while the cells ran (up to 10.0% is taken)',
      ],
      remarks: [],
    });
    const lost = makeReport(factsOf([trialOf({ problems: ['the GPU could not be read'] })]));
    expect(lost.energy.machineJ.complete).toBe(false);
    expect(lost.verdict.reasons).toEqual(['the energy is incomplete', 'the GPU could not be read']);
  });

  it('holds though the clock was set meanwhile, and says what of it is off by that', () => {
    const steps = [0, -3600, 12.5];
    const { clockStepS, ...still } = trialOf();
    expect(clockStepS).toBe(0);
    const stepped = makeReport(factsOf(steps.map((step) => ({ ...still, clockStepS: step }))));
    const plain = makeReport(factsOf(steps.map(() => trialOf())));
    expect(stepped.verdict).toMatchObject({ valid: true, reasons: [] });
    const [back, forward, ...more] = stepped.verdict.remarks;
    expect(more).toEqual([]);
    expect(back).toMatch(
      /^trial 2: the clock was set back by 3600\.00 s: times of day .*; seconds, joules and grams hold/,
    );
    expect(forward).toMatch(/^trial 3: the clock was set forward by 12\.50 s/);
    const { energy, carbon } = plain;
    expect({ energy: stepped.energy, carbon: stepped.carbon }).toEqual({ energy, carbon });
  });

  it('passes on what a reader should know of the machine', () => {
    const { checklist, verdict } = makeReport(
      factsOf([trialOf({ warnings: ['turbo: it is on.'] })]),
    );
    expect(verdict.valid).toBe(true);
    expect(checklist).toContainEqual({
      item: 'Nothing about the machine needs saying',
      ok: false,
      detail: 'turbo: it is on.',
    });
  });

  it('of a run that fails has what was measured, and is marked', () => {
    const failed = makeReport(factsOf([trialOf({ failure })]));
    expect(failed).toMatchObject({ status: 'failed', failure, verdict: { valid: false } });
    expect(failed.energy.cells.map(({ index }) => index)).toEqual([1]);
    const third = makeReport(factsOf([trialOf(), trialOf(), trialOf({ failure })]));
    expect(third).toMatchObject({ status: 'failed', trials: 2 });
    expect(third.samples.map(({ trial }) => trial)).toContain(3);
    expect(third.verdict.reasons[0]).toBe('trial 3 failed in cell 3');
  });

  it('of a kernel that measured nothing says so instead of 0 J', () => {
    const { energy, verdict } = makeReport(factsOf([{ ...trialOf(), windows: [] }]));
    expect(energy.machineJ).toMatchObject({ value: 0, complete: false, samples: 0 });
    expect(verdict.reasons).toContain('the kernel measured no energy');
  });

  it('refuses figures out of bounds, with what is allowed', () => {
    const facts = factsOf([trialOf()]);
    expect(() => makeReport({ ...facts, carbon: { wue: 400 } })).toThrow('wue is 400');
    const embodied = { deviceKgCO2e: -1, lifetimeYears: 4 };
    expect(() => makeReport({ ...facts, carbon: { embodied } })).toThrow('deviceKgCO2e is -1');
    expect(() => makeReport({ ...facts, carbon: { region: 'XXQ' } })).toThrow('No grid intensity');
  });
});
