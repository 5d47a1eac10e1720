import { DynamicLossScaler } from '../../../precision/loss-scale/dynamic';
import { roundTo } from '../../../formats/arrays';
import { exact, fields, within } from '../../comparisons';
import type { CheckCase } from '../../definition';
import { defineCheck } from '../../definition';
import { told } from '../../text';
import { clip, type Gradient, meanGradient, type Part } from './gradients';

export interface AmpParts {
  readonly backward: (weights: Gradient, microBatch: number, scale: number) => Part;
  readonly mean: (parts: readonly Part[]) => Gradient;
  readonly unscale: (
    gradient: Gradient,
    scale: number,
  ) => { readonly gradient: Gradient; readonly finite: boolean };
  readonly clip: (gradient: Gradient, limit: number) => Gradient;
  readonly update: (weights: Gradient, gradient: Gradient) => Gradient;
}
export interface AmpState {
  readonly weights: Gradient;
  readonly scaler: DynamicLossScaler;
}
export interface AmpResult extends AmpState {
  readonly applied: boolean;
}
type Args = [AmpParts, AmpState, number, number];

const RATE = 0.5;

function unscale(gradient: Gradient, scale: number): ReturnType<AmpParts['unscale']> {
  return {
    gradient: gradient.map((values) => values.map((value) => value / scale)),
    finite: gradient.every((values) => values.every(Number.isFinite)),
  };
}

function update(weights: Gradient, gradient: Gradient): Gradient {
  return weights.map((values, v) => values.map((x, i) => x - RATE * (gradient[v]?.[i] ?? NaN)));
}

/** Micro-batches that pull the weights to targets of their own, with gradients in fp16. */
function partsFor(targets: readonly number[], slope: number): AmpParts {
  const seen = new Set<number>();
  return {
    backward: (weights, microBatch, scale) => {
      const target = targets[microBatch];
      if (target === undefined) throw new Error(told(NO_SUCH(microBatch, targets.length)));
      if (seen.has(microBatch)) throw new Error(told(TWICE(microBatch)));
      seen.add(microBatch);
      return {
        gradient: weights.map((values) =>
          roundTo(
            'fp16',
            values.map((value) => (value - target) * slope * scale),
          ),
        ),
        samples: microBatch === targets.length - 1 ? 8 : 16,
      };
    },
    mean: meanGradient,
    unscale,
    clip,
    update,
  };
}

const NO_SUCH = (i: number, count: number): { readonly en: string; readonly zh: string } => ({
  en: `backward() was called for micro-batch ${i}; there are 0 to ${count - 1}.`,
  zh: `backward() 被用于微批次 ${i}；只有 0 到 ${count - 1}。`,
});
const TWICE = (i: number): { readonly en: string; readonly zh: string } => ({
  en: `backward() was called twice for micro-batch ${i}.`,
  zh: `微批次 ${i} 的 backward() 被调用了两次。`,
});

/** All micro-batches at one scale. */
function scaledParts({ backward }: AmpParts, { weights, scaler }: AmpState, count: number): Part[] {
  return Array.from({ length: count }, (_, i) => backward(weights, i, scaler.scale));
}

function ampStep(parts: AmpParts, state: AmpState, count: number, limit: number): AmpResult {
  const { weights, scaler } = state;
  const scaled = parts.mean(scaledParts(parts, state, count));
  const { gradient, finite } = parts.unscale(scaled, scaler.scale);
  return {
    weights: finite ? parts.update(weights, parts.clip(gradient, limit)) : weights,
    scaler: scaler.adjust(finite),
    applied: finite,
  };
}

function caseOf(
  call: string,
  hint: CheckCase<Args>['hint'],
  {
    targets,
    slope = 1,
    scale,
    tracker = 0,
    limit = 100,
  }: {
    readonly targets: readonly number[];
    readonly slope?: number;
    readonly scale: number;
    readonly tracker?: number;
    readonly limit?: number;
  },
): CheckCase<Args> {
  return {
    call: `ampStep(parts, ${call})`,
    hint,
    args: () => [
      partsFor(targets, slope),
      {
        weights: [Float32Array.of(1, -1), Float32Array.of(0.5)],
        scaler: new DynamicLossScaler({ growthInterval: 4 }, tracker, scale),
      },
      targets.length,
      limit,
    ],
  };
}

/** A step with accumulation, scaling, clipping, in the right order. */
export const AMP_STEP = defineCheck<Args, AmpResult>({
  what: { en: 'weights and scaler after a step', zh: '一步之后的权重和缩放器' },
  reference: ampStep,
  comparison: fields({
    applied: exact,
    scaler: fields({ scale: exact, growthTracker: exact }),
    weights: within({ relative: 1e-6, absolute: 1e-7 }),
  }),
  cases: [
    caseOf(
      '{ scaler: { scale: 1024, … }, … }, 1, 100',
      {
        en: 'Backward, mean, unscale, clip, update; then the scaler goes on.',
        zh: '反向传播、平均、还原、裁剪、更新；然后缩放器前进一步。',
      },
      { targets: [0.25], scale: 1024 },
    ),
    caseOf(
      '{ scaler: { scale: 1024, … }, … }, 3, 100',
      {
        en: 'One update for all of them together, and one step of the scaler.',
        zh: '所有微批次合在一起只更新一次，缩放器也只前进一步。',
      },
      { targets: [0.25, 0.75, -2], scale: 1024 },
    ),
    caseOf(
      '{ scaler: { scale: 1024, … }, … }, 2, 0.5',
      {
        en: 'The limit is meant for the gradient itself, not for its multiple.',
        zh: '上限针对梯度本身，而不是它的倍数。',
      },
      { targets: [3, 4], scale: 1024, limit: 0.5 },
    ),
    caseOf(
      '{ scaler: { scale: 1024, growthTracker: 3, … }, … }, 2, 100',
      {
        en: 'The scale grows after this step. What was multiplied by a scale is divided by the same one.',
        zh: '这一步之后缩放因子会增长。乘了哪个缩放因子，就除以哪个。',
      },
      { targets: [0.25, 0.75], scale: 1024, tracker: 3 },
    ),
    caseOf(
      '{ scaler: { scale: 1024, growthTracker: 2, … }, … }, 3, 100',
      {
        en: 'One of the micro-batches overflows, and one infinity spoils the sum: the whole step is left out, and the scaler has to know.',
        zh: '有一个微批次上溢，而一个无穷大就毁了整个和：整步都要跳过，并且要让缩放器知道。',
      },
      { targets: [0.25, 300, 0.5], scale: 1024, tracker: 2 },
    ),
  ],
  mistakes: [
    {
      wrong: (parts, { weights, scaler }, count, limit) => {
        const plain = Array.from({ length: count }, (_, i) => parts.backward(weights, i, 1));
        const { gradient, finite } = parts.unscale(parts.mean(plain), 1);
        return {
          weights: finite ? parts.update(weights, parts.clip(gradient, limit)) : weights,
          scaler: scaler.adjust(finite),
          applied: finite,
        };
      },
      hint: {
        en: 'Nothing is scaled here: backward was called with the scale 1, and not with that of the scaler.',
        zh: '这里没有缩放：调用 backward 时用的缩放因子是 1，而不是缩放器的。',
      },
    },
    {
      wrong: (parts, state, count, limit) => {
        const { scale } = state.scaler;
        const scaled = parts.clip(parts.mean(scaledParts(parts, state, count)), limit);
        const { gradient, finite } = parts.unscale(scaled, scale);
        return {
          weights: finite ? parts.update(state.weights, gradient) : state.weights,
          scaler: state.scaler.adjust(finite),
          applied: finite,
        };
      },
      hint: {
        en: 'You clip before unscaling. The scaled gradient is far longer than the limit, and next to nothing is left of it.',
        zh: '你在还原之前就裁剪了。缩放后的梯度远比上限长，裁剪后几乎什么也不剩。',
      },
    },
    {
      wrong: (parts, state, count, limit) => {
        let { scaler } = state;
        const scaled: Part[] = [];
        for (let i = 0; i < count; i++) {
          const part = parts.backward(state.weights, i, scaler.scale);
          scaled.push(part);
          scaler = scaler.adjust(part.gradient.every((values) => values.every(Number.isFinite)));
        }
        const { gradient, finite } = parts.unscale(parts.mean(scaled), state.scaler.scale);
        const weights = finite
          ? parts.update(state.weights, parts.clip(gradient, limit))
          : state.weights;
        return { weights, scaler, applied: finite };
      },
      hint: {
        en: 'The scaler goes on after each micro-batch. Gradients that are added need one scale, and the scaler one step.',
        zh: '你在每个微批次之后都让缩放器前进了。要相加的梯度必须用同一个缩放因子，缩放器只前进一步。',
      },
    },
    {
      wrong: (parts, state, count, limit) => {
        let { weights } = state;
        let all = true;
        for (let i = 0; i < count; i++) {
          const { scale } = state.scaler;
          const part = parts.backward(weights, i, scale);
          const { gradient, finite } = parts.unscale(part.gradient, scale);
          all &&= finite;
          if (finite) weights = parts.update(weights, parts.clip(gradient, limit));
        }
        return { weights, scaler: state.scaler.adjust(all), applied: all };
      },
      hint: {
        en: 'You update after each micro-batch. Accumulation means one update for all of them.',
        zh: '你在每个微批次之后都更新了。梯度累积是指所有微批次只更新一次。',
      },
    },
    {
      wrong: (parts, state, count, limit) => {
        const scaled = parts.mean(scaledParts(parts, state, count));
        const finite = scaled.every((values) => values.every(Number.isFinite));
        const scaler = state.scaler.adjust(finite);
        const { gradient } = parts.unscale(scaled, scaler.scale);
        const weights = finite
          ? parts.update(state.weights, parts.clip(gradient, limit))
          : state.weights;
        return { weights, scaler, applied: finite };
      },
      hint: {
        en: 'You unscale by the scale of the next step.',
        zh: '你用了下一步的缩放因子来还原。',
      },
    },
    {
      wrong: (parts, state, count, limit) => {
        const { weights, scaler } = state;
        const scaled = parts.mean(scaledParts(parts, state, count));
        const { gradient, finite } = parts.unscale(scaled, scaler.scale);
        const next = parts.update(weights, parts.clip(gradient, limit));
        return { weights: next, scaler: scaler.adjust(finite), applied: true };
      },
      hint: {
        en: 'The update is made although the gradient isn’t finite.',
        zh: '梯度并非全部有限，却仍然更新了。',
      },
    },
    {
      wrong: (parts, state, count, limit) => {
        const { weights, scaler } = state;
        const scaled = parts.mean(scaledParts(parts, state, count));
        const { gradient, finite } = parts.unscale(scaled, scaler.scale);
        if (!finite) return { weights, scaler, applied: false };
        const next = parts.update(weights, parts.clip(gradient, limit));
        return { weights: next, scaler: scaler.adjust(true), applied: true };
      },
      hint: {
        en: 'The step is left out, and the scale stays: the next step will overflow as well.',
        zh: '这一步跳过了，但缩放因子没变：下一步还会上溢。',
      },
    },
    {
      wrong: (parts, state, count, limit) => {
        const { scale } = state.scaler;
        const finiteParts = scaledParts(parts, state, count).filter(({ gradient }) =>
          gradient.every((values) => values.every(Number.isFinite)),
        );
        const { gradient } = parts.unscale(parts.mean(finiteParts), scale);
        const weights = parts.update(state.weights, parts.clip(gradient, limit));
        return { weights, scaler: state.scaler.adjust(true), applied: true };
      },
      hint: {
        en: 'You leave out the micro-batch that overflows and go on with the others: that is the gradient of another batch, and the scale never comes down.',
        zh: '你丢掉上溢的微批次，用其余的继续：那是另一个批次的梯度，而且缩放因子永远降不下来。',
      },
    },
    {
      wrong: (parts, state, count, limit) => {
        const { weights, scaler } = state;
        const scaled = parts.mean(scaledParts(parts, state, count));
        const { gradient, finite } = parts.unscale(scaled, scaler.scale);
        const next = finite ? parts.update(weights, parts.clip(gradient, limit)) : weights;
        return { weights: next, scaler, applied: finite };
      },
      hint: {
        en: 'You return the scaler as it came. It is immutable: adjust gives a new one.',
        zh: '你原样返回了缩放器。它是不可变的：adjust 会给出一个新的。',
      },
    },
  ],
});
