import { counted } from '../../display/words';
import { hashOf } from '../../hashing/canonical';
import { sumOf } from '../../quantities/arithmetic';
import { exact, notBelow } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import type { CarbonModel } from '../../report/make/carbon';
import type { Report } from '../../report/schema';
import type { Comparison } from '../compare';
import { pointText, type SweepPlan } from '../plan';
import { reasonOf } from '../run-result';
import type { Row } from '../table';
import { besideOthers } from './beside-others';

/** A point of the report: a row of the table with its grams, and the hash of the notebook that holds it. */
export interface ReportedPoint {
  readonly key: string;
  readonly parameters: Row['parameters'];
  readonly state: Row['state'];
  /** Numbers that JSON lacks are text: `NaN`, `Infinity`. */
  readonly metrics: readonly {
    readonly name: string;
    readonly unit: string;
    readonly value: number | string | boolean;
  }[];
  readonly facts: Row['facts'];
  /** Of the notebook's code; null where nothing was measured. */
  readonly operationalG: Quantity | null;
  /** SHA-256 of the point's notebook; null of one that hasn't run. */
  readonly notebookHash: string | null;
}

/** What all points of a sweep took together, and what they came to. */
export interface SweepReport {
  readonly schema: 'halfnote-sweep-report/1';
  readonly createdAt: string;
  readonly plan: SweepPlan;
  readonly verdict: Report['verdict'];
  readonly energy: {
    /** Points with a figure; of all that ran, failed ones too. */
    readonly points: number;
    /** Of the notebook's code. */
    readonly energyJ: Quantity;
    /** Time in cells, of all points. */
    readonly cellsS: number;
  };
  readonly carbon: Report['carbon'];
  readonly hosts: readonly string[];
  readonly points: readonly ReportedPoint[];
  readonly comparison: Comparison;
  /** Of all above. */
  readonly hash: string;
}

export interface SweepReportParts {
  readonly createdAt: string;
  readonly plan: SweepPlan;
  readonly rows: readonly Row[];
  readonly comparison: Comparison;
  readonly carbon: CarbonModel;
  readonly hashOfPoint: (row: Row) => string | null;
}

/** Joins the points of a sweep. What is missing or can't be compared is told in its verdict. */
export function sweepReport(parts: SweepReportParts): SweepReport {
  const { createdAt, plan, rows, comparison, carbon } = parts;
  const points = rows.map((row): ReportedPoint => {
    const energyJ = row.facts?.energy?.energyJ;
    return {
      ...row,
      metrics: row.metrics.map(({ name, unit, value }) => ({
        name,
        unit,
        value: typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
      })),
      operationalG: energyJ === undefined ? null : carbon.grams(notBelow(energyJ, 0)),
      notebookHash: parts.hashOfPoint(row),
    };
  });
  const measured = rows.flatMap(({ facts }) => facts?.energy?.energyJ ?? []);
  const energyJ = notBelow(sumOf(measured), 0);
  const cellsS = rows.reduce((sum, { facts }) => sum + (facts?.cellsS ?? 0), 0);
  const report = {
    schema: 'halfnote-sweep-report/1',
    createdAt,
    plan,
    verdict: verdictOf(rows),
    energy: { points: measured.length, energyJ, cellsS },
    carbon: carbon.of(energyJ, exact(cellsS, { method: 'counter' })),
    hosts: [...new Set(rows.flatMap(({ facts }) => facts?.host ?? []))].sort(),
    points,
    comparison,
  } as const;
  return { ...report, hash: hashOf(report) };
}

function verdictOf(rows: readonly Row[]): Report['verdict'] {
  const inState = (state: Row['state']): readonly Row[] =>
    rows.filter((row) => row.state === state);
  const [failed, unfinished] = [inState('failed'), [...inState('waiting'), ...inState('running')]];
  const ran = rows.filter(({ facts }) => facts !== null);
  const unmeasured = ran.filter(({ facts }) => facts?.energy === null);
  const problems = new Set(ran.flatMap(({ facts }) => facts?.energy?.problems ?? []));
  const beside = besideOthers(ran);
  const reasons = [
    ...(unfinished.length === 0
      ? []
      : [`${counted(unfinished.length, 'point')} of ${rows.length} have not finished`]),
    ...failed.map(
      ({ parameters, facts }) =>
        `${pointText({ parameters })} failed: ${reasonOf(facts?.error ?? 'its notebook can’t be read')}`,
    ),
    ...(unmeasured.length === 0
      ? []
      : [`the energy of ${counted(unmeasured.length, 'point')} was not measured`]),
  ];
  const remarks = [
    ...(beside === 0
      ? []
      : [
          `${counted(beside, 'point')} ran beside others on the same machine: seconds and joules of one hold what the others slowed it by. For figures to be compared, take --workers 1.`,
        ]),
    ...problems,
  ];
  return { valid: reasons.length === 0, reasons, remarks };
}
