import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { ensureBackend } from '../../backend/load';
import { measureEnergy } from '../../energy/measure';
import { HalfnoteError } from '../../errors';
import { checkModel } from '../../models/check-model';
import { compileAs } from '../../models/compile-as';
import { checkData } from '../../models/data';
import { cloneModel, untrainedModel } from '../../models/walk';
import { enterAnew, policyInForce } from '../../precision/session';
import { fromSamples, notBelow } from '../../quantities/make';
import { meanOf } from '../../quantities/mean-of';
import type { TargetRun, TrainingToTargetResult } from './result';
import { bare, isAccuracy, printTarget, requireTarget, type Target } from './target';
import { TrainingToTarget } from './target-view';
import { timeToAccuracy } from './time-to-accuracy';

export interface TrainToTargetOptions {
  /** What is trained on. */
  readonly data: { readonly x: Tensor | readonly Tensor[]; readonly y: Tensor };
  /** `accuracy>=0.95`, `loss<=0.1`: any metric that `fit` logs. */
  readonly target: string;
  /** What the target is scored on after each epoch. Without it, the samples of the training as it goes. */
  readonly validation?: { readonly x: Tensor | readonly Tensor[]; readonly y: Tensor };
  /** The most that a training takes. Default 100. */
  readonly epochs?: number;
  /** Default 32. */
  readonly batchSize?: number;
  /** How many trainings, each from weights of its own. Default 1. */
  readonly runs?: number;
  /** True: begin with the model's weights, instead of weights as their initializers draw them. */
  readonly continue?: boolean;
}

const [EPOCHS, BATCH_SIZE] = [100, 32] as const;
const MOST = { epochs: 1e6, batchSize: 1e9, runs: 1000 } as const;
/** `verbose` of a fit that prints nothing. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- tfjs doesn't export the enum
const QUIET = 0 as NonNullable<tf.ModelFitArgs['verbose']>;

/**
 * Trains copies of a model until a metric meets its target, and tells the seconds and joules that it took,
 * under the policy in force. The model, its optimizer and the session's loss scaling stay as they are. A copy begins
 * with weights as their initializers draw them; layers that are frozen keep theirs. A format that is
 * simulated here gets epochs, and neither seconds nor joules.
 *
 * @throws HalfnoteError `not-compiled`, `unsupported-model`, `data-mismatch`, `invalid-option`, and
 * `unknown-metric` before anything is trained.
 */
export async function trainToTarget(
  model: tf.LayersModel,
  options: TrainToTargetOptions,
): Promise<TrainingToTarget> {
  checkModel(model, 'trainToTarget');
  const facts = await ensureBackend();
  const target = requireTarget((options as TrainToTargetOptions | undefined)?.target);
  const training = labelled(model, options.data, 'data');
  const { validation } = options;
  const validated =
    validation === undefined ? undefined : labelled(model, validation, 'validation');
  const maxEpochs = count(options.epochs ?? EPOCHS, 'epochs');
  const batchSize = count(options.batchSize ?? BATCH_SIZE, 'batchSize');
  const runs = count(options.runs ?? 1, 'runs');
  const { compute } = policyInForce();
  const { execution } = facts.formats[compute];
  const job: Job = { training, validated, target, maxEpochs, batchSize };
  const done: TrainedRun[] = [];
  for (let run = 0; run < runs; run++) {
    done.push(await trainOne(model, options.continue === true, job));
  }
  const timed = execution === 'native' ? done : [];
  const isMet = timed.length > 0 && timed.every(({ run }) => run.epoch !== null);
  const result: TrainingToTargetResult = {
    model: model.name,
    target: printTarget(target),
    metric: done[0]?.metric ?? target.metric,
    validated: validated !== undefined,
    from: options.continue === true ? 'weights' : 'initializers',
    ...{ maxEpochs, batchSize, format: compute, execution },
    device: facts.deviceName,
    threads: facts.threads,
    runs: done.map(({ run }) =>
      execution === 'native' ? run : { ...run, durationS: null, energyJ: null },
    ),
    mean: isMet
      ? {
          durationS: notBelow(
            fromSamples(
              timed.map(({ run }) => run.durationS),
              { method: 'counter' },
            ),
            0,
          ),
          energyJ: notBelow(meanOf(timed.map(({ run }) => run.energyJ)), 0),
        }
      : null,
  };
  return new TrainingToTarget(result);
}

interface Labelled {
  readonly x: Tensor | Tensor[];
  readonly y: Tensor;
}

interface Job {
  readonly training: Labelled;
  readonly validated: Labelled | undefined;
  readonly target: Target;
  readonly maxEpochs: number;
  readonly batchSize: number;
}

interface TrainedRun {
  readonly metric: string;
  readonly run: TargetRun & {
    readonly durationS: number;
    readonly energyJ: NonNullable<TargetRun['energyJ']>;
  };
}

async function trainOne(model: tf.LayersModel, goesOn: boolean, job: Job): Promise<TrainedRun> {
  const { training, validated, target, maxEpochs, batchSize } = job;
  const copy = await (goesOn ? cloneModel(model) : untrainedModel(model));
  const leave = enterAnew();
  let optimizer: tf.Optimizer | undefined;
  try {
    optimizer = compileAs(copy, model, wantsAccuracy(model, target) ? ['accuracy'] : []);
    const metric = loggedName(copy, target, validated !== undefined);
    const callback = timeToAccuracy({
      ...{ metric, target: target.value, lowerIsBetter: !target.atLeast, stop: true },
    });
    const { durationS, window } = await measureEnergy(`training to ${printTarget(target)}`, () =>
      copy.fit(training.x, training.y, {
        epochs: maxEpochs,
        batchSize,
        verbose: QUIET,
        callbacks: callback,
        ...(validated !== undefined && { validationData: [validated.x, validated.y] }),
      }),
    );
    const { epoch, epochs, best, seconds } = callback.result;
    return {
      metric,
      run: {
        ...{ epoch, epochs },
        best: best === null || Number.isNaN(best) ? null : best,
        durationS: seconds ?? durationS,
        energyJ: window.energyJ,
      },
    };
  } finally {
    leave();
    copy.dispose();
    optimizer?.dispose();
  }
}

/** Is accuracy asked for, which the model was not compiled to log? */
function wantsAccuracy(model: tf.LayersModel, { metric }: Target): boolean {
  // tfjs sets them in `compile`.
  const logged = model.metricsNames as readonly string[] | undefined;
  return isAccuracy(metric) && logged?.includes('acc') !== true;
}

/** The name under which `fit` logs the metric. */
function loggedName(
  { metricsNames: logged }: tf.LayersModel,
  { metric }: Target,
  isValidated: boolean,
): string {
  const name = isAccuracy(metric) ? 'acc' : bare(metric);
  const isFound = logged.includes(name) && (isValidated || bare(metric) === metric);
  if (isFound) return isValidated ? `val_${name}` : name;
  throw new HalfnoteError(
    'unknown-metric',
    `The training logs no ${metric}; it logs ${logged.join(', ')}${isValidated ? '' : ', and what begins with val_ with validation data only'}.`,
    "Compile the model with it: metrics: ['accuracy', 'mse'].",
  );
}

function labelled(model: tf.LayersModel, given: unknown, name: string): Labelled {
  const { x, y } = checkData(model, given);
  if (y !== undefined) return { x: x instanceof tf.Tensor ? x : [...x], y };
  throw new HalfnoteError(
    'data-mismatch',
    `${name} has no y; a training takes {x, y}, inputs and what is to come out.`,
  );
}

function count(value: number, name: keyof typeof MOST): number {
  if (Number.isInteger(value) && value >= 1 && value <= MOST[name]) return value;
  throw new HalfnoteError(
    'invalid-option',
    `${name} is ${String(value)}; allowed are whole numbers from 1 to ${MOST[name]}.`,
  );
}
