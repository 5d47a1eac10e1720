import { significant } from '../../display/units';
import { welch } from '../../quantities/welch';
import { cellName } from '../cell-name';
import { hashOf } from '../../hashing/canonical';
import { shortHash } from '../page/parts';
import { countedTrials } from '../make/trial';
import { pairResults } from '../results/pair-results';
import type { Report } from '../schema';

/** What differs between two reports, in one field. */
export interface Difference {
  readonly part: 'code' | 'data' | 'versions' | 'hardware' | 'settings' | 'boundary';
  readonly field: string;
  readonly a: string;
  readonly b: string;
}

/** A figure of two reports, compared over their trials. */
export interface FigureDifference {
  readonly figure: string;
  readonly unit: string;
  /** NaN where the report has no such figure. */
  readonly a: number;
  readonly b: number;
  /** `b / a`; null where `a` is 0 or one of them is missing. */
  readonly ratio: number | null;
  /** By Welch's test at 95 %. */
  readonly verdict:
    | 'lower'
    | 'higher'
    | 'no difference shown'
    | 'too few trials to tell'
    | 'only in a'
    | 'only in b';
  /** Hedges' g: the difference in standard deviations; null below two trials a side. */
  readonly effect: number | null;
}

export const NOTHING = '–';

/** What two reports were made of that isn't the same, apart from their figures. */
export function differencesOf(a: Report, b: Report): Difference[] {
  return [
    ...fields('code', codeOf(a), codeOf(b)),
    ...fields('data', inputsOf(a), inputsOf(b)),
    ...fields('versions', versionsOf(a), versionsOf(b)),
    ...fields('hardware', hardwareOf(a), hardwareOf(b)),
    ...fields('settings', a.settings, b.settings),
    ...fields('boundary', boundaryOf(a), boundaryOf(b)),
  ];
}

type Fields = Readonly<Record<string, string | number | boolean | null | undefined>>;

function fields(part: Difference['part'], a: Fields, b: Fields): Difference[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names
    .filter((field) => (a[field] ?? null) !== (b[field] ?? null))
    .map((field) => ({ part, field, a: text(a[field]), b: text(b[field]) }));
}

function text(value: Fields[string]): string {
  return value === undefined || value === null ? NOTHING : String(value);
}

function codeOf({ identity }: Report): Fields {
  const { code, notebook, cells, seeds } = identity;
  return {
    notebook: notebook.name,
    commit: code?.commit,
    'uncommitted changes': code?.dirty,
    ...Object.fromEntries(cells.map(({ index, hash }) => [cellName(index), shortHash(hash)])),
    ...Object.fromEntries(seeds.map(({ name, value }) => [name, value])),
  };
}

function inputsOf({ identity }: Report): Fields {
  return Object.fromEntries(identity.inputs.map(({ name, hash }) => [name, shortHash(hash)]));
}

function versionsOf({ identity }: Report): Fields {
  const lock = identity.lockHash === null ? null : shortHash(identity.lockHash);
  return { ...identity.versions, 'lock file': lock };
}

function hardwareOf({ hardware: { cpu, memoryBytes, gpus, os } }: Report): Fields {
  return {
    processor: cpu.model,
    threads: cpu.threads,
    'memory, bytes': memoryBytes,
    GPU: gpus.map(({ name }) => name).join(', ') || 'none',
    system: os,
  };
}

function boundaryOf({ boundary, carbon, energy }: Report): Fields {
  const { gramsPerKWh, region } = carbon.intensity;
  return {
    devices: energy.devices.map(({ source, method }) => `${source} (${method})`).join(', '),
    PUE: boundary.pue,
    'water, L/kWh': boundary.waterLPerKWh,
    region,
    'intensity, g/kWh': gramsPerKWh.value,
  };
}

/** Each figure of both reports, energy and time by their raw samples. */
export function figureDifferences(a: Report, b: Report): FigureDifference[] {
  const run = (figure: string, unit: string, of: (sample: Sample) => number): FigureDifference =>
    compared(figure, unit, perTrial(a, of), perTrial(b, of));
  const indices = [...a.energy.cells, ...b.energy.cells].map(({ index }) => index);
  const cells = [...new Set(indices)].toSorted((x, y) => x - y);
  return [
    run("energy of the notebook's code", 'J', ({ accountsJ }) => accountsJ.user),
    run('energy of Halfnote', 'J', ({ accountsJ }) => accountsJ.halfnote),
    run('energy of the whole machine', 'J', ({ machineJ }) => machineJ),
    run('time', 's', ({ durationS }) => durationS),
    ...cells.map((index) => {
      const of = ({ cell, accountsJ }: Sample): number => (cell === index ? accountsJ.user : 0);
      const whole = run(`energy of ${cellName(index)}`, 'J', of);
      return oneSided(whole, hasCell(a, index), hasCell(b, index));
    }),
    ...resultDifferences(a, b),
  ];
}

function hasCell({ energy }: Report, index: number): boolean {
  return energy.cells.some((cell) => cell.index === index);
}

/** A figure that only one of the reports has is shown, and compared with nothing. */
function oneSided(figure: FigureDifference, inA: boolean, inB: boolean): FigureDifference {
  if (inA && inB) return figure;
  const verdict = inA ? 'only in a' : 'only in b';
  const { a, b } = figure;
  return { ...figure, a: inA ? a : NaN, b: inB ? b : NaN, ratio: null, effect: null, verdict };
}

type Sample = Report['samples'][number];

/** Of the trials that the figures are made of: a failed one has no total. */
function perTrial({ samples, runs }: Report, of: (sample: Sample) => number): number[] {
  return countedTrials(runs).flatMap(({ trial }) => {
    const own = samples.filter((sample) => sample.trial === trial);
    return own.length === 0 ? [] : [own.reduce((sum, each) => sum + of(each), 0)];
  });
}

function compared(
  figure: string,
  unit: string,
  a: readonly number[],
  b: readonly number[],
): FigureDifference {
  if (a.length === 0 || b.length === 0) {
    return { figure, unit, a: NaN, b: NaN, ratio: null, ...TOO_FEW };
  }
  const { difference, verdict, hedgesG, ratio } = welch(a, b);
  const mean = a.reduce((sum, value) => sum + value, 0) / a.length;
  const few = a.length < 2 || b.length < 2;
  return {
    figure,
    unit,
    a: mean,
    b: mean + difference.value,
    ratio: Number.isFinite(ratio.value) ? ratio.value : null,
    ...(few ? TOO_FEW : { verdict, effect: Number.isFinite(hedgesG) ? hedgesG : null }),
  };
}

const TOO_FEW = { verdict: 'too few trials to tell', effect: null } as const;

function resultDifferences(a: Report, b: Report): FigureDifference[] {
  const { pairs, more } = pairResults(a.results, b.results);
  return [
    ...pairs.map(({ a: before, b: after }) => resultDifference(before, after)),
    ...more.map((result) => oneSided(resultDifference(result, result), false, true)),
  ];
}

type Result = Report['results'][number];

/** Results are often the same in each trial, which leaves a test no scatter: apart where intervals don't overlap. */
function resultDifference({ name, unit, value }: Result, b: Result | undefined): FigureDifference {
  const other = b?.value ?? value;
  const apart = other.low > value.high || other.high < value.low;
  const few = value.samples < 2 || other.samples < 2;
  const verdict = !apart ? 'no difference shown' : other.value < value.value ? 'lower' : 'higher';
  const difference: FigureDifference = {
    figure: name,
    unit,
    a: value.value,
    b: other.value,
    ratio: value.value === 0 ? null : other.value / value.value,
    verdict: few && value.value !== other.value ? TOO_FEW.verdict : verdict,
    effect: null,
  };
  return oneSided(difference, true, b !== undefined);
}

/** Whether two reports are the same, hash and all. */
export function isSameReport(a: Report, b: Report): boolean {
  return hashOf(a) === hashOf(b);
}

export function shownRatio(ratio: number | null): string {
  return ratio === null ? NOTHING : `${significant(ratio, 3)}x`;
}
