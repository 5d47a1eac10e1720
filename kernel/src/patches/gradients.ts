import { engine, type EngineInternals, type GradientResult } from './engine-internals';
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
      for (const { saved } of state.activeTape ?? []) {
        for (const tensor of saved ?? []) if (!tensor.isDisposed) tensor.dispose();
      }
      state.activeTape = null;
    }
    throw error;
  }
}
