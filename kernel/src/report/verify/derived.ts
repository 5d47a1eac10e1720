import { carbonFactor } from '../../energy/carbon/factor';
import { sharedMethod } from '../../energy/monitor/figures';
import { combined, halfWidth } from '../../quantities/make';
import { meanOf } from '../../quantities/mean-of';
import { leastDirect, type Quantity } from '../../quantities/quantity';
import { mean } from '../../quantities/statistics';
import { OUTSIDE } from '../cell-name';
import { boundaryOf } from '../make/boundary';
import { intensityOf, modelOf } from '../make/carbon';
import { readCarbon } from '../make/carbon-settings';
import { checklistOf } from '../make/checklist';
import { meanOrNull, notNegative, NOTHING, seconds } from '../make/energy';
import { outcomeOf } from '../make/outcome';
import { resultsOf } from '../make/outputs';
import { eachAccount } from '../make/samples';
import { countedTrials } from '../make/trial';
import { verdictOf } from '../make/verdict';
import type { Report } from '../schema';

type Sample = Report['samples'][number];
type Energy = Report['energy'];
type Device = Energy['devices'][number];

/** All of a report that follows from the rest of it. */
export type Derived = Pick<
  Report,
  | 'status'
  | 'failure'
  | 'verdict'
  | 'boundary'
  | 'trials'
  | 'energy'
  | 'carbon'
  | 'results'
  | 'checklist'
>;

/**
 * Makes again what a report says, by the rules that made it: of its raw samples, of what each run said of
 * itself, and of its settings. What these don't hold is taken as it stands: which devices there are, how
 * far a device or a model may be off (the systematic spread) and what it couldn't read, the idle share
 * within its joules, and the grid's intensity where a region was stated.
 *
 * @throws HalfnoteError where samples or settings are such that no report was ever made of them.
 */
export function derived(report: Report): Derived {
  const { runs, samples, hardware, settings, identity } = report;
  const stated = readCarbon(settings);
  const { gridIntensity } = stated;
  const intensity =
    gridIntensity === undefined
      ? { ...report.carbon.intensity, gramsPerKWh: known(report.carbon.intensity.gramsPerKWh) }
      : intensityOf(carbonFactor({ gridIntensity }));
  const model = modelOf(intensity, stated);
  const energy = energyOf(report, model.grams);
  const content = {
    ...report,
    ...outcomeOf(runs),
    energy,
    verdict: verdictOf({ runs, samples, energy, hardware }),
    boundary: boundaryOf(energy.devices, stated),
    trials: countedTrials(runs).length,
    carbon: model.of(energy.accountsJ.user, energy.durationS),
    results: resultsOf(runs),
  };
  const { status, failure, verdict, boundary, trials, carbon, results } = content;
  const checklist = checklistOf({ ...content, identity });
  return { status, failure, verdict, boundary, trials, energy, carbon, results, checklist };
}

function energyOf(report: Report, toGrams: (energyJ: Quantity) => Quantity): Energy {
  const { energy } = report;
  const counted = countedTrials(report.runs).map(({ trial }) => trial);
  const trials = counted
    .map((number) => report.samples.filter(({ trial }) => trial === number))
    .filter((samples) => samples.length > 0);
  const devices = energy.devices.map((device, i) => deviceOf(device, i, trials));
  const isWhole = energy.devices.every((_, i) => trials.every((trial) => hasDevice(trial, i)));
  const total = (
    stated: Quantity,
    of: (sample: Sample) => number,
    ofDevice: (device: Device) => Quantity,
  ): Quantity => {
    if (trials.length === 0) return NOTHING;
    const parts = devices.map(ofDevice);
    const { complete } = energy.machineJ;
    return overTrials(
      {
        ...stated,
        method: leastDirect(parts.map(({ method }) => method)),
        samples: sum(parts.map((part) => part.samples)),
        gaps: sum(parts.map(({ gaps }) => gaps)),
        resets: sum(parts.map(({ resets }) => resets)),
        complete: complete && (!isWhole || parts.every((part) => part.complete)),
        // Of a device that a trial lacks, the mean is over other trials than the total's.
        systematic: isWhole ? together(parts) : stated.systematic,
      },
      trials.map((samples) => sum(samples.map(of))),
    );
  };
  return {
    durationS: timeOf(trials.map((samples) => sum(samples.map(({ durationS }) => durationS)))),
    machineJ: total(
      energy.machineJ,
      ({ machineJ }) => machineJ,
      ({ machineJ }) => machineJ,
    ),
    accountsJ: eachAccount((name) =>
      total(
        energy.accountsJ[name],
        ({ accountsJ }) => accountsJ[name],
        ({ accountsJ }) => accountsJ[name],
      ),
    ),
    devices,
    cells: cellsOf(report, trials.flat(), toGrams),
  };
}

function deviceOf(stated: Device, i: number, trials: readonly (readonly Sample[])[]): Device {
  const own = trials.filter((trial) => hasDevice(trial, i));
  const over = (of: (device: NonNullable<Sample['devices'][number]>) => number): number[] =>
    own.map((samples) =>
      sum(samples.flatMap(({ devices }) => (devices[i] ? [of(devices[i])] : []))),
    );
  const whole = own.length === trials.length;
  // A device's accounts are shares of one reading.
  const { samples, gaps, resets, complete } = stated.machineJ;
  const figure = (quantity: Quantity, values: readonly number[]): Quantity =>
    overTrials({ ...quantity, samples, gaps, resets, complete: complete && whole }, values);
  const machineJ = figure(
    stated.machineJ,
    over((device) => device.machineJ),
  );
  return {
    component: stated.component,
    source: stated.source,
    method: machineJ.method,
    machineJ,
    accountsJ: eachAccount((name) =>
      figure(
        { ...stated.accountsJ[name], method: sharedMethod(stated.component, machineJ.method) },
        over(({ accountsJ }) => accountsJ[name]),
      ),
    ),
    idleJ: meanOrNull(own.map((samples) => idleOf(samples, i, 'idleJ'))),
    userIdleJ: meanOrNull(own.map((samples) => idleOf(samples, i, 'userIdleJ'))),
  };
}

/** What lies outside of cells tells whether the trial's is known: it was made of the whole trial's. */
function idleOf(
  samples: readonly Sample[],
  device: number,
  name: 'idleJ' | 'userIdleJ',
): number | null {
  const outside = samples.find(({ cell }) => cell === OUTSIDE)?.devices[device]?.[name] ?? null;
  if (outside === null) return null;
  return sum(samples.map(({ devices }) => devices[device]?.[name] ?? 0));
}

/** In the report's own order. */
function cellsOf(
  { energy }: Report,
  samples: readonly Sample[],
  toGrams: (energyJ: Quantity) => Quantity,
): Energy['cells'] {
  const cells = samples.filter(({ cell }) => cell !== OUTSIDE);
  const place = (index: number): number => energy.cells.findIndex((cell) => cell.index === index);
  return [...new Set(cells.map(({ cell }) => cell))]
    .toSorted((a, b) => place(a) - place(b))
    .map((index) => {
      const own = cells.filter(({ cell }) => cell === index);
      const energyJ = overTrials(
        energy.cells[place(index)]?.energyJ ?? NOTHING,
        own.map(({ accountsJ }) => accountsJ.user),
      );
      const durationS = timeOf(own.map((sample) => sample.durationS));
      return { index, durationS, energyJ, co2eG: toGrams(energyJ) };
    });
}

/** Of one trial it is that trial's; of several their mean, with Student's interval. */
function overTrials(stated: Quantity, values: readonly number[]): Quantity {
  const half = halfWidth(values);
  const samples = values.length > 1 ? values.length : stated.samples;
  return notNegative(
    combined(
      mean(values),
      { statistical: { below: half, above: half }, systematic: stated.systematic },
      { ...stated, samples },
    ),
  );
}

function timeOf(values: readonly number[]): Quantity {
  return values.length === 0 ? NOTHING : notNegative(meanOf(values.map(seconds)));
}

/** A figure that is known but for how trials scatter, with the interval that its spread gives. */
function known({ value, systematic, samples }: Quantity): Quantity {
  return combined(value, { systematic }, { method: 'literature', samples });
}

function together(parts: readonly Quantity[]): Quantity['systematic'] {
  return {
    below: sum(parts.map(({ systematic }) => systematic.below)),
    above: sum(parts.map(({ systematic }) => systematic.above)),
  };
}

/** Whether a device was measured in a trial: a cell's window may lack what the whole has. */
function hasDevice(samples: readonly Sample[], device: number): boolean {
  return samples.some(({ devices }) => (devices[device] ?? null) !== null);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
