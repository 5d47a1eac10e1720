import { parseTarget, TARGET_FORM } from '../../analysis/throughput/target';
import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { expression, expressions, flag, number, required, text } from '../language/parameters';
import { MagicProblem } from '../language/problem';
import { TAKES } from './takes';

const SIZES = /^[1-9]\d{0,8}(,[1-9]\d{0,8})*$/;

const count = (doc: string) => number(doc, { min: 1, integer: true });

export const throughput = defineMagic({
  name: 'throughput',
  topic: 'timing',
  forms: ['line'],
  summary:
    'Measure latency (p50, p95, p99) and samples per second of a model, or the time and energy of a training to a target.',
  details: [
    'The model runs under the precision in force, on the first samples of the data; the batch sizes take turns. A format that this machine only simulates gets no speed.',
    'With `--target`, a copy of the compiled model is trained on the data until a metric of `fit` meets the target, in seconds and joules, or until the epochs are over. It begins with weights as their initializers draw them, or with `--continue` with those of the model; the model itself stays as it is. `--validate` names samples to score after each epoch; without it, those of the training count. `timeToAccuracy`, a callback of `fit`, times a training of your own.',
  ],
  positionals: {
    model: required(expression('The model.', TAKES.anyModel)),
  },
  options: {
    data: required(
      expressions('Inputs and, for a training, outputs.', ['x', 'y'], 1, TAKES.tensors),
    ),
    batch: text(
      'Batch sizes, with commas between. Without it 1, 8 and 32. Of a training one, without it 32.',
      'list of integers >= 1',
      (value) => (SIZES.test(value) ? undefined : 'Allowed: integers >= 1 with commas between'),
    ),
    seconds: number('How long each batch size is run. Without it 2.', { min: 0, unit: 's' }),
    target: text(
      'What a training is to reach: `accuracy>=0.95`, `loss<=0.1`.',
      'metric>=number or metric<=number',
      (value) => (parseTarget(value) === undefined ? `Allowed: ${TARGET_FORM}` : undefined),
      ['accuracy>=0.95', 'loss<=0.1'],
    ),
    validate: expressions(
      'Inputs and outputs that the target is scored on.',
      ['x', 'y'],
      2,
      TAKES.tensors,
    ),
    epochs: count('The most that a training takes. Without it 100.'),
    runs: count('How many trainings, each from weights of its own. Without it 1.'),
    continue: flag('A training begins with the weights of the model.'),
  },
  examples: [
    { code: '%throughput model --data xTest', does: 'At batch 1, 8 and 32.' },
    {
      code: '%throughput model --data xTest --batch 1,64,256 --seconds 10',
      does: 'Longer, so that the tail is known too.',
    },
    {
      code: '%throughput model --data xTrain,y --target accuracy>=0.95 --validate xTest,yTest --epochs 20',
      does: 'Seconds and joules of a training to 95 % on the test data, of 20 epochs at most.',
    },
    {
      code: '%throughput model --data x,y --target loss<=0.5 --runs 3 --epochs 20',
      does: 'Three trainings, each from other weights, and their mean with its interval.',
    },
  ],
  expand: ({ model, data: [x, y], batch, seconds, target, validate, ...training }) => {
    if (target === undefined) {
      refuseTraining({ y, validate, ...training });
      const code = awaited('throughput', model, {
        data: { x },
        batchSizes: batch?.split(',').map(Number),
        seconds,
      });
      return { kind: 'expression', code, shows: true };
    }
    if (y === undefined) {
      throw new MagicProblem('a training takes outputs too', 'write `--data x,y`');
    }
    if (seconds !== undefined) {
      throw new MagicProblem('--seconds has no meaning with --target', 'it ends with the target');
    }
    if (batch?.includes(',') === true) {
      throw new MagicProblem(`--batch ${batch} is several sizes`, 'a training takes one');
    }
    const [xValidate, yValidate] = validate ?? [];
    const code = awaited('trainToTarget', model, {
      data: { x, y },
      target,
      validation: validate && { x: xValidate, y: yValidate },
      epochs: training.epochs,
      batchSize: batch === undefined ? undefined : Number(batch),
      runs: training.runs,
      ...(training.continue && { continue: true }),
    });
    return { kind: 'expression', code, shows: true };
  },
});

/** What belongs to a training only. */
function refuseTraining(given: Readonly<Record<string, unknown>>): void {
  const { y, ...options } = given;
  const name = Object.keys(options).find(
    (option) => options[option] !== undefined && options[option] !== false,
  );
  if (name !== undefined || y !== undefined) {
    throw new MagicProblem(
      name === undefined
        ? 'only a training takes outputs'
        : `--${name} has no meaning without --target`,
      'add `--target accuracy>=0.95`, or leave it out',
    );
  }
}
