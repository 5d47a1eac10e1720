import { significant } from '../../display/units';
import { welch } from '../../quantities/welch';
import { cellName } from '../cell-name';
import { hashOf } from '../../hashing/canonical';
import { shortHash } from '../page/parts';
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
  readonly a: number;
  readonly b: number;
  /** `b / a`; null where `a` is 0. */
  readonly ratio: number | null;
  /** By Welch's test at 95 %. */
  readonly verdict: 'lower' | 'higher' | 'no difference shown' | 'too few trials to tell';
  /** Hedges' g: the difference in standard deviations; null below two trials a side. */
  readonly effect: number | null;
}

const NOTHING = '–';

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
  const cells = a.energy.cells.filter(({ index }) =>
    b.energy.cells.some((cell) => cell.index === index),
  );
  return [
    run("energy of the notebook's code", 'J', ({ accountsJ }) => accountsJ.user),
    run('energy of Halfnote', 'J', ({ accountsJ }) => accountsJ.halfnote),
    run('energy of the whole machine', 'J', ({ machineJ }) => machineJ),
    run('time', 's', ({ durationS }) => durationS),
    ...cells.map(({ index }) => {
      const of = ({ cell, accountsJ }: Sample): number => (cell === index ? accountsJ.user : 0);
      return run(`energy of ${cellName(index)}`, 'J', of);
    }),
    ...resultDifferences(a, b),
  ];
}

type Sample = Report['samples'][number];

/** Of the trials that the figures are made of: a failed one has no total. */
function perTrial({ samples, trials }: Report, of: (sample: Sample) => number): number[] {
  const numbers = [...new Set(samples.map(({ trial }) => trial))].slice(0, trials);
  return numbers.map((trial) =>
    samples.filter((sample) => sample.trial === trial).reduce((sum, each) => sum + of(each), 0),
  );
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

/** Results are often the same in each trial, which leaves a test no scatter: apart where intervals don't overlap. */
function resultDifferences(a: Report, b: Report): FigureDifference[] {
  return a.results.flatMap(({ name, cell, unit, value }) => {
    const other = b.results.find((result) => result.name === name && result.cell === cell)?.value;
    if (other === undefined) return [];
    const apart = other.low > value.high || other.high < value.low;
    const few = value.samples < 2 || other.samples < 2;
    const verdict = !apart ? 'no difference shown' : other.value < value.value ? 'lower' : 'higher';
    return [
      {
        figure: name,
        unit,
        a: value.value,
        b: other.value,
        ratio: value.value === 0 ? null : other.value / value.value,
        verdict: few && value.value !== other.value ? TOO_FEW.verdict : verdict,
        effect: null,
      } satisfies FigureDifference,
    ];
  });
}

/** Whether two reports are the same, hash and all. */
export function isSameReport(a: Report, b: Report): boolean {
  return hashOf(a) === hashOf(b);
}

export function shownRatio(ratio: number | null): string {
  return ratio === null ? NOTHING : `${significant(ratio, 3)}x`;
}
