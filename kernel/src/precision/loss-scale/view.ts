import type { MimeBundle } from '../../host';
import { scaleText } from '../../display/exponents';
import { lossScaleChart } from './chart';
import { picture, stacked, staticBundle, table, paragraph } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { verdict } from '../../display/verdict';
import { DynamicLossScaler } from './dynamic';
import { describeGradients } from './non-finite';
import { NoOpLossScaler, type LossScaler } from './scaler';
import { StaticLossScaler } from './static';
import type { SkippedStep, TracedLossScale } from './result';
import { lossScaleVerdict } from './verdict';

/** Skipped steps that the table has, the latest. */
const ROWS = 5;
/** Changes that the chart draws, the latest. */
const MOST_POINTS = 500;

const COLUMNS: readonly Column[] = [
  { header: 'Skipped step' },
  { header: 'Loss scale' },
  { header: 'Gradients that were not finite', align: 'left' },
];

/** For example `Loss scale 65536 (2¹⁶), dynamic: x2 after 2000 finite steps, ... 2 of 40 steps skipped.` */
export function describeLossScale({ scaler, scale, step, skippedSteps }: TracedLossScale): string {
  const steps = step === 1 ? 'step' : 'steps';
  return (
    `Loss scale ${scaleText(scale)}, ${rule(scaler)}. ` +
    (step === 0 ? 'No step yet.' : `${skippedSteps} of ${step} ${steps} skipped.`)
  );
}

/** The verdict, the rule, the scale over the steps where it changed, and the latest skipped steps. */
export function lossScaleBundle(trace: TracedLossScale): MimeBundle {
  const rows = trace.skips.slice(-ROWS).map(row);
  const { skips } = trace;
  const caption =
    skips.length > ROWS ? `The latest ${ROWS} of ${trace.skippedSteps} skipped steps` : undefined;
  const options = caption === undefined ? {} : { caption };
  const changes = {
    history: trace.history.slice(-MOST_POINTS),
    steps: trace.step,
    skippedAt: [...trace.skippedAt],
  };
  return staticBundle(
    stacked(
      verdict(lossScaleVerdict(trace)),
      paragraph(`The scale is ${rule(trace.scaler)}.`),
      picture((width) => lossScaleChart(changes, width)),
      ...(rows.length === 0 ? [] : [table(COLUMNS, rows, options)]),
    ),
  );
}

function rule(scaler: LossScaler): string {
  if (scaler instanceof NoOpLossScaler) return 'none: the loss is not scaled';
  if (scaler instanceof StaticLossScaler) return 'fixed';
  if (!(scaler instanceof DynamicLossScaler)) return 'a scaler of your own';
  const { growthFactor, growthInterval, backoffFactor } = scaler.options;
  return (
    `dynamic: x${growthFactor} after ${growthInterval} finite steps in a row, ` +
    `x${backoffFactor} after one that isn't`
  );
}

function row({ step, scale, gradients }: SkippedStep): Row {
  return [String(step), scaleText(scale), describeGradients(gradients)];
}
