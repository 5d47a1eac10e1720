import type { Quantity } from '../../quantities/quantity';
import { mean } from '../../quantities/statistics';
import { halfWidth } from '../../quantities/make';
import { cellName } from '../cell-name';
import { pairResults } from '../results/pair-results';
import type { Report } from '../schema';

/** How far a figure of another run may lie from the report's, as a fraction of it. */
export interface Tolerances {
  /** Of joules and seconds. */
  readonly energy: number;
  /** Of accuracies and other results. */
  readonly results: number;
}

/**
 * Joules of one machine move by a tenth from day to day with its temperature and what else it does; an
 * accuracy that moves by more than 2 % under the same seeds isn't the same.
 */
export const TOLERANCES: Tolerances = { energy: 0.25, results: 0.02 };

/** A cell with less than this of the run's energy is too short to be compared by itself. */
export const LEAST_SHARE = 0.05;

export interface Compared {
  /** In words: `energy of cell 3`. */
  readonly figure: string;
  readonly unit: string;
  readonly before: number;
  readonly after: number;
  /** `after / before - 1`; infinite where there was nothing before. */
  readonly change: number;
  readonly tolerance: number;
  /** Half the width of the 95 % interval of `after - before`, by the scatter of the trials on both sides; null
   * where one of them has a single trial, whose figure is taken as it is. */
  readonly scatter: number | null;
  readonly answer: 'holds' | 'does not hold' | 'too few trials to tell';
}

/** What of two runs means the same. */
export interface Comparable {
  /** Not on another machine, nor by other meters or models. */
  readonly joules: boolean;
  /** Not on another machine. */
  readonly seconds: boolean;
}

/**
 * Compares the figures of a run with those of a report. A figure holds if it lies within its tolerance. One
 * outside of it that the scatter of the trials on both sides (95 %) could have brought there is undecided:
 * few trials have wide intervals, which are no evidence that it holds. Errors of devices and models don't
 * help it: they are the same both times.
 *
 * Where joules say nothing, the cells' shares of the run's energy are compared, which are ratios, and the
 * results. What the report didn't measure isn't compared: of a notebook without a code cell there is nothing.
 */
export function compareRuns(
  before: Report,
  after: Report,
  tolerances: Tolerances,
  comparable: Comparable,
): Compared[] {
  const isMeasured = before.energy.devices.length > 0;
  const energies = comparable.joules ? joules(before, after) : shares(before, after);
  const isTimed = comparable.seconds && before.energy.durationS.complete;
  return [
    ...[
      ...(isMeasured ? energies : []),
      ...(isTimed ? seconds(before, after) : []),
      ...(isMeasured ? intensities(before, after) : []),
    ].map((pair) => compared(pair, tolerances.energy)),
    ...results(before, after).map((pair) => compared(pair, tolerances.results)),
  ];
}

interface Pair {
  readonly figure: string;
  readonly unit: string;
  readonly before: Side;
  readonly after: Side | undefined;
}

interface Side {
  readonly value: number;
  /** Half the width of the interval that the trials' scatter gives; null for a single trial. */
  readonly half: number | null;
}

function compared({ figure, unit, before, after }: Pair, tolerance: number): Compared {
  if (after === undefined) {
    const lacking = { before: before.value, after: NaN, change: NaN, scatter: null };
    return { figure, unit, tolerance, ...lacking, answer: 'does not hold' };
  }
  const beyond = Math.abs(after.value - before.value) - tolerance * Math.abs(before.value);
  const half = Math.hypot(before.half ?? 0, after.half ?? 0);
  return {
    figure,
    unit,
    before: before.value,
    after: after.value,
    change: before.value === after.value ? 0 : after.value / before.value - 1,
    tolerance,
    scatter: before.half === null || after.half === null ? null : half,
    answer: beyond <= 0 ? 'holds' : beyond <= half ? 'too few trials to tell' : 'does not hold',
  };
}

function joules(before: Report, after: Report): Pair[] {
  const pair = pairing(before, after);
  return [
    pair(
      "energy of the notebook's code",
      'J',
      before.energy.accountsJ.user,
      after.energy.accountsJ.user,
    ),
    pair('energy of the whole machine', 'J', before.energy.machineJ, after.energy.machineJ),
    ...largeCells(before).map(({ index, energyJ }) => {
      const other = after.energy.cells.find((cell) => cell.index === index);
      return pair(`energy of ${cellName(index)}`, 'J', energyJ, other?.energyJ);
    }),
  ];
}

function seconds(before: Report, after: Report): Pair[] {
  const pair = pairing(before, after);
  return [pair('time', 's', before.energy.durationS, after.energy.durationS)];
}

/** A region's is data of Halfnote's, which a report can't vouch for itself. */
function intensities(before: Report, after: Report): Pair[] {
  const side = ({ carbon }: Report): Side => ({
    value: carbon.intensity.gramsPerKWh.value,
    half: null,
  });
  return [
    { figure: 'intensity of the grid', unit: 'g/kWh', before: side(before), after: side(after) },
  ];
}

function pairing({ trials: before }: Report, { trials: after }: Report) {
  return (figure: string, unit: string, a: Quantity, b: Quantity | undefined): Pair => ({
    figure,
    unit,
    before: sideOf(a, before),
    after: b && sideOf(b, after),
  });
}

/** Shares of cells in the energy of the notebook's code, trial by trial. */
function shares(before: Report, after: Report): Pair[] {
  return largeCells(before).map(({ index }) => ({
    figure: `share of ${cellName(index)} in the notebook's energy`,
    unit: '',
    before: shareOf(before, index) ?? { value: NaN, half: null },
    after: shareOf(after, index),
  }));
}

function shareOf({ samples }: Report, index: number): Side | undefined {
  const trials = [...new Set(samples.map(({ trial }) => trial))];
  const values = trials.flatMap((trial) => {
    const own = samples.filter((sample) => sample.trial === trial);
    const whole = own.reduce((sum, { accountsJ }) => sum + accountsJ.user, 0);
    const cell = own.find((sample) => sample.cell === index);
    return cell === undefined || whole === 0 ? [] : [cell.accountsJ.user / whole];
  });
  return values.length === 0
    ? undefined
    : { value: mean(values), half: values.length < 2 ? null : halfWidth(values) };
}

function largeCells({ energy }: Report): Report['energy']['cells'] {
  const whole = energy.accountsJ.user.value;
  return energy.cells.filter(({ energyJ }) => energyJ.value >= LEAST_SHARE * whole);
}

function results(before: Report, after: Report): Pair[] {
  return pairResults(before.results, after.results).pairs.map(({ a, b }) => ({
    figure: a.name,
    unit: a.unit,
    before: sideOf(a.value, a.value.samples),
    after: b && sideOf(b.value, b.value.samples),
  }));
}

function sideOf({ value, statistical }: Quantity, trials: number): Side {
  return { value, half: trials < 2 ? null : Math.max(statistical.below, statistical.above) };
}
