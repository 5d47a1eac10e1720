import { roundTo } from '../../../formats/arrays';
import { exact, fields, inFormat } from '../../comparisons';
import type { CheckCase } from '../../definition';
import { defineCheck } from '../../definition';
import { told } from '../../text';
import { nextScaler, type Scaler, UNSCALE } from './scales';
import { MASTER_STEP } from './updates';

export interface State {
  readonly master: Float32Array;
  readonly working: Float32Array;
  readonly scaler: Scaler;
}
export interface Settings {
  readonly learningRate: number;
  readonly growthInterval: number;
}
export interface Parts {
  readonly backward: (working: Float32Array, scale: number) => Float32Array;
  readonly unscale: (
    scaled: Float32Array,
    scale: number,
  ) => { readonly gradient: Float32Array; readonly finite: boolean };
  readonly nextScaler: (scaler: Scaler, finite: boolean, growthInterval: number) => Scaler;
  readonly masterStep: (
    master: Float32Array,
    gradient: Float32Array,
    learningRate: number,
  ) => { readonly master: Float32Array; readonly working: Float32Array };
}
type Args = [Parts, State, Settings];

/** A network of which the loss is half the squared distance from `target`, with gradients in fp16. */
function partsFor(target: readonly number[], factor: number): Parts {
  let calls = 0;
  return {
    backward: (working, scale) => {
      calls += 1;
      if (calls > 1)
        throw new Error(
          told({
            en: 'backward() was called a second time: a step goes backward once.',
            zh: 'backward() 被调用了第二次：一步只做一次反向传播。',
          }),
        );
      return roundTo(
        'fp16',
        working.map((weight, i) => (weight - (target[i] ?? 0)) * factor * scale),
      );
    },
    unscale: UNSCALE.reference as Parts['unscale'],
    nextScaler,
    masterStep: MASTER_STEP.reference as Parts['masterStep'],
  };
}

function stateOf(master: readonly number[], scaler: Scaler): State {
  const weights = Float32Array.from(master);
  return { master: weights, working: roundTo('fp16', weights), scaler };
}

function trainStep(parts: Parts, state: State, settings: Settings): State {
  const { master, working, scaler } = state;
  const { gradient, finite } = parts.unscale(parts.backward(working, scaler.scale), scaler.scale);
  return {
    ...(finite ? parts.masterStep(master, gradient, settings.learningRate) : { master, working }),
    scaler: parts.nextScaler(scaler, finite, settings.growthInterval),
  };
}

const TINY = 2 ** -20;
const SETTINGS: Settings = { learningRate: 2 ** 18, growthInterval: 3 };

function caseOf(
  call: string,
  hint: CheckCase<Args>['hint'],
  master: readonly number[],
  scaler: Scaler,
  factor = TINY,
): CheckCase<Args> {
  return {
    call: `trainStep(parts, ${call}, settings)`,
    hint,
    args: () => [partsFor([0.5, -0.25, 0.3], factor), stateOf(master, scaler), SETTINGS],
  };
}

/** A step with loss scaling and master weights. */
export const TRAIN_STEP = defineCheck<Args, State>({
  what: { en: 'the state after a step', zh: '走一步之后的状态' },
  reference: trainStep,
  comparison: fields({
    scaler: fields({ scale: exact, goodSteps: exact }),
    master: inFormat('fp32'),
    working: inFormat('fp16'),
  }),
  cases: [
    caseOf(
      '{ …, scaler: { scale: 2^16, goodSteps: 0 } }',
      {
        en: 'Backward, unscale, master step, next scaler.',
        zh: '反向传播、还原、主权重走一步、缩放器前进一步。',
      },
      [1, 1, 1],
      { scale: 2 ** 16, goodSteps: 0 },
    ),
    caseOf(
      '{ …, scaler: { scale: 2^20, goodSteps: 1 } }',
      {
        en: 'The network runs with the working copy, and the step is taken from the master.',
        zh: '网络使用工作副本运行，而这一步从主权重出发。',
      },
      [0.7001, 0.1003, 0.9],
      { scale: 2 ** 20, goodSteps: 1 },
    ),
    caseOf(
      '{ …, scaler: { scale: 2^16, goodSteps: 2 } }',
      {
        en: 'The scale that went into the backward pass is the one to divide by, whatever comes next.',
        zh: '反向传播用的是哪个缩放因子，就除以哪个，与下一步无关。',
      },
      [1, -1, 2],
      { scale: 2 ** 16, goodSteps: 2 },
    ),
    caseOf(
      '{ …, scaler: { scale: 2^40, goodSteps: 2 } }',
      {
        en: 'A gradient isn’t finite. What may change, and what must not?',
        zh: '有一个梯度不是有限数。什么可以变，什么不能变？',
      },
      [1.0001, 1, 1],
      { scale: 2 ** 40, goodSteps: 2 },
    ),
  ],
  mistakes: [
    {
      wrong: (parts, { master, scaler }, { learningRate, growthInterval }) => {
        const { scale } = scaler;
        const { gradient, finite } = parts.unscale(parts.backward(master, scale), scale);
        const next = parts.masterStep(master, gradient, learningRate);
        return { ...next, scaler: parts.nextScaler(scaler, finite, growthInterval) };
      },
      hint: {
        en: 'The network was run with the master weights. It has the working copy for that.',
        zh: '你用主权重运行了网络。网络应当使用工作副本。',
      },
    },
    {
      wrong: (parts, { working, scaler }, { learningRate, growthInterval }) => {
        const { scale } = scaler;
        const { gradient, finite } = parts.unscale(parts.backward(working, scale), scale);
        const next = parts.masterStep(working, gradient, learningRate);
        return { ...next, scaler: parts.nextScaler(scaler, finite, growthInterval) };
      },
      hint: {
        en: 'The step was taken from the working copy, and what the master had gathered is lost.',
        zh: '这一步是从工作副本出发的，主权重中积累的东西丢失了。',
      },
    },
    {
      wrong: (parts, { master, working, scaler }, { learningRate, growthInterval }) => {
        const scaled = parts.backward(working, scaler.scale);
        const next = parts.nextScaler(scaler, scaled.every(Number.isFinite), growthInterval);
        const { gradient, finite } = parts.unscale(scaled, next.scale);
        const weights = finite
          ? parts.masterStep(master, gradient, learningRate)
          : { master, working };
        return { ...weights, scaler: next };
      },
      hint: {
        en: 'You unscale by the scale of the next step.',
        zh: '你用了下一步的缩放因子来还原。',
      },
    },
    {
      wrong: (parts, { master, working, scaler }, { learningRate, growthInterval }) => {
        const gradient = parts.backward(working, scaler.scale);
        const finite = gradient.every(Number.isFinite);
        const weights = parts.masterStep(master, gradient, learningRate);
        return { ...weights, scaler: parts.nextScaler(scaler, finite, growthInterval) };
      },
      hint: {
        en: 'The gradients are still multiplied by the scale when the step is made.',
        zh: '走这一步时，梯度仍然带着缩放因子。',
      },
    },
    {
      wrong: (parts, { master, working, scaler }, { learningRate, growthInterval }) => {
        const { scale } = scaler;
        const { gradient, finite } = parts.unscale(parts.backward(working, scale), scale);
        const weights = parts.masterStep(master, gradient, learningRate);
        return { ...weights, scaler: parts.nextScaler(scaler, finite, growthInterval) };
      },
      hint: {
        en: 'The step is made although a gradient isn’t finite: the weights are ruined for good.',
        zh: '梯度并非全部有限，却仍然走了这一步：权重就此毁掉了。',
      },
    },
    {
      wrong: (parts, state, { learningRate, growthInterval }) => {
        const { master, working, scaler } = state;
        const { scale } = scaler;
        const { gradient, finite } = parts.unscale(parts.backward(working, scale), scale);
        if (!finite) return state;
        const weights = parts.masterStep(master, gradient, learningRate);
        return { ...weights, scaler: parts.nextScaler(scaler, finite, growthInterval) };
      },
      hint: {
        en: 'The step is left out, and the scale stays: the next step will overflow as well.',
        zh: '这一步跳过了，但缩放因子没变：下一步还会上溢。',
      },
    },
    {
      wrong: (parts, { master, working, scaler }, { learningRate, growthInterval }) => {
        const { scale } = scaler;
        const { gradient, finite } = parts.unscale(parts.backward(working, scale), scale);
        const next = finite ? parts.masterStep(master, gradient, learningRate) : { master };
        return {
          master: next.master,
          working,
          scaler: parts.nextScaler(scaler, finite, growthInterval),
        };
      },
      hint: {
        en: 'The working copy is that of before the step.',
        zh: '工作副本还是走一步之前的。',
      },
    },
  ],
});
