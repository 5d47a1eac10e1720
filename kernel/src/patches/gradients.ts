import type { Tensor } from '@tensorflow/tfjs';
import {
  engine,
  type EngineInternals,
  type GradientResult,
  type TapeNode,
} from './engine-internals';
import { methodPatch, type Patch } from './patch';

type Compute = EngineInternals['gradients'];

/** Runs a computation of gradients; `compute` is tfjs's, with the stages further in. */
export type GradientStage = (compute: Compute, ...args: Parameters<Compute>) => GradientResult;

/** The stages that each computation of gradients goes through, from the outside in. */
const GRADIENT_STAGES = ['passes', 'policy', 'tape'] as const;
type StageName = (typeof GRADIENT_STAGES)[number];

const stages: Partial<Record<StageName, GradientStage>> = { tape: freeingTape };

/** Sets what a stage does; what stood there before is replaced. */
export function setGradientStage(name: Exclude<StageName, 'tape'>, stage: GradientStage): void {
  stages[name] = stage;
}

/** `tf.grad`, `tf.variableGrads` and the optimizers' `minimize` all come through here. */
export const gradients: Patch = methodPatch(
  {
    target: 'engine',
    member: 'gradients',
    why: 'Gradients are computed under the policy in force, and an error frees what the tape saved.',
  },
  engine,
  (original) => {
    const compute = original.bind(engine()) as Compute;
    return (...args: Parameters<Compute>) => {
      const within = GRADIENT_STAGES.flatMap((name) => stages[name] ?? []).reduceRight<Compute>(
        (inner, stage) =>
          (...given) =>
            stage(inner, ...given),
        compute,
      );
      return within(...args);
    };
  },
);

/** A gradient that ends in an error, an interrupt or any other, lets go of what its tape had saved. */
function freeingTape(compute: Compute, ...args: Parameters<Compute>): GradientResult {
  try {
    return compute(...args);
  } catch (error) {
    const { state } = engine();
    if (state.gradientDepth === 0) {
      disposeSaved(state.activeTape ?? []);
      state.activeTape = null;
    }
    throw error;
  }
}

/** What a computation of gradients gives, and the way back once more, without the way there. */
export type TapeUse<T> = (first: GradientResult, again: () => GradientResult) => T;

/**
 * Computes gradients and keeps the tape until `use` has ended: the backward pass can be run again, under
 * another loss scale for instance, and the user's function runs once.
 */
export function keepingTape<T>(
  compute: Compute,
  [f, ...rest]: Parameters<Compute>,
  use: TapeUse<T>,
): T {
  const { state } = engine();
  // Where another computation goes on around this one, the tape is that one's, and stays.
  const isOwn = state.gradientDepth === 0;
  let tape: readonly TapeNode[] = [];
  let value: Tensor | undefined;
  // tfjs disposes what the nodes that it is given have saved.
  const lend = (): void => {
    if (isOwn) state.activeTape = tape.map((node) => ({ ...node, saved: [] }));
  };
  const forward = (): Tensor => {
    value = f();
    tape = state.activeTape ?? [];
    lend();
    return value;
  };
  const again = (): Tensor => {
    lend();
    return value as Tensor;
  };
  try {
    return use(compute(forward, ...rest), () => compute(again, ...rest));
  } finally {
    if (isOwn) disposeSaved(tape);
  }
}

function disposeSaved(tape: readonly TapeNode[]): void {
  for (const { saved } of tape) {
    for (const tensor of saved ?? []) if (!tensor.isDisposed) tensor.dispose();
  }
}
