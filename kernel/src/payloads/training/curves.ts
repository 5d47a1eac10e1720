import { decodeNumber } from '../../display/numbers';
import type { TrainingRun } from './run';

export interface NamedCurve {
  readonly name: string;
  /** `batch`: single values; else averages over epochs. */
  readonly kind: 'batch' | 'training' | 'validation';
  readonly points: readonly (readonly [step: number, value: number])[];
}

/** Curves of one measure, which share an axis. */
export interface CurveGroup {
  readonly title: string;
  readonly curves: readonly NamedCurve[];
}

const VALIDATION = 'val_';
/** Measures beside the loss that are drawn; all are in the table of epochs. */
const MOST_MEASURES = 4;
/** From this ratio of the largest to the smallest on, a linear axis shows the large ones alone. */
const LOGARITHMIC_FROM = 50;

/** Whether values are to be drawn on a logarithmic axis: all above zero, and decades apart. */
export function spanDecades(values: readonly number[]): boolean {
  const low = Math.min(...values);
  return low > 0 && Math.max(...values) / low >= LOGARITHMIC_FROM;
}

/** What there is to draw of a training: its loss first, then each metric with that of validation. */
export function curvesOf({ batchLoss, trained }: TrainingRun): readonly CurveGroup[] {
  const measures = [
    ...new Set(trained.flatMap(({ values }) => Object.keys(values).map((name) => measureOf(name)))),
  ];
  const others = measures.filter((name) => name !== 'loss');
  const batches: NamedCurve = {
    name: 'batch',
    kind: 'batch',
    points: batchLoss.map(([step, loss]) => [step, decodeNumber(loss)]),
  };
  return [
    { title: 'Loss', curves: [batches, ...epochCurves('loss', trained)] },
    ...others
      .slice(0, MOST_MEASURES)
      .map((name) => ({ title: name, curves: epochCurves(name, trained) })),
  ]
    .map(({ title, curves }) => ({ title, curves: curves.filter((c) => c.points.length > 0) }))
    .filter(({ curves }) => curves.length > 0);
}

/** `acc` of `val_acc`. */
export function measureOf(name: string): string {
  return name.startsWith(VALIDATION) ? name.slice(VALIDATION.length) : name;
}

function epochCurves(measure: string, trained: TrainingRun['trained']): NamedCurve[] {
  const curve = (name: string, kind: NamedCurve['kind'], shown: string): NamedCurve => ({
    name: shown,
    kind,
    points: trained.flatMap(({ step, values }) => {
      const value = values[name];
      return value === undefined ? [] : [[step, decodeNumber(value)] as const];
    }),
  });
  return [
    curve(measure, 'training', 'epoch'),
    curve(VALIDATION + measure, 'validation', 'validation'),
  ];
}
