import { decodeNumber } from '../../display/numbers';
import { duration, significant } from '../../display/units';
import { printQuantity } from '../../quantities/print';
import type { TrainingRun } from './run';

/** What is trained, and in what. */
export function runName({ title, format, execution }: TrainingRun): string {
  return `${title} in ${format} (${execution})`;
}

/** `epoch 2/5, step 40/100, 12 s, 18 s left, loss 0.31`. */
export function whereItIs(run: TrainingRun): string {
  const { step, steps, epoch, epochs: planned, durationS, remainingS } = run;
  return [
    ...(epoch === 0 ? [] : [`epoch ${epoch}${planned === null ? '' : `/${planned}`}`]),
    `step ${step}${steps === null ? '' : `/${steps}`}`,
    duration(Math.round(durationS)),
    ...(remainingS === null ? [] : [`${duration(Math.ceil(remainingS))} left`]),
    ...figures(run),
  ].join(', ');
}

/** `Training of sequential_1 in fp16 (native): 5 epochs, 300 steps in 12.3 s, loss 0.31, 340 J.` */
export function sentence(run: TrainingRun): string {
  const { state, step, steps } = run;
  const done =
    state === 'stopped'
      ? `stopped at step ${step}${steps === null ? '' : ` of ${steps}`}`
      : `${epochs(run)}${count(step, 'step')}`;
  const parts = [`${done} in ${duration(run.durationS)}`, ...figures(run)];
  return `${runName(run)}: ${parts.join(', ')}.`;
}

/** Of this training, which may go on from an earlier one's epochs. */
function epochs({ trained, epoch }: TrainingRun): string {
  const [first, last] = [trained[0], trained.at(-1)];
  const done = first === undefined || last === undefined ? epoch : last.epoch - first.epoch + 1;
  return done === 0 ? '' : `${count(done, 'epoch')}, `;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

/** The latest of each measure, skipped steps and energy. */
function figures({ trained, batchLoss, lossScale, energyJ }: TrainingRun): string[] {
  const values = trained.at(-1)?.values ?? {};
  const last = batchLoss.at(-1)?.[1];
  const named =
    Object.keys(values).length > 0 || last === undefined
      ? Object.entries(values)
      : [['loss', last] as const];
  return [
    ...named.map(([name, value]) => `${name} ${significant(decodeNumber(value))}`),
    ...(lossScale === null || lossScale.skippedSteps === 0
      ? []
      : [`${count(lossScale.skippedSteps, 'step')} skipped`]),
    ...(energyJ === null
      ? []
      : [`${printQuantity(energyJ, 'J', { interval: false })} (${energyJ.method})`]),
  ];
}
