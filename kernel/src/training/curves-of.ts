import { decodeNumber } from '../display/numbers';
import type { TrainingRun } from '../payloads/training-run';
import type { CurvePoint } from './curve';

export interface NamedCurve {
  readonly name: string;
  /** `batch`: single values; else averages over epochs. */
  readonly kind: 'batch' | 'training' | 'validation';
  readonly points: readonly CurvePoint[];
}

/** Curves of one measure, which share an axis. */
export interface CurveGroup {
  readonly title: string;
  readonly curves: readonly NamedCurve[];
}

const VALIDATION = 'val_';

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
    ...others.map((name) => ({ title: name, curves: epochCurves(name, trained) })),
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
