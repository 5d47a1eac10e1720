import * as tf from '@tensorflow/tfjs';
import type { NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs';

/** An op on the tape. */
export interface TapeNode {
  gradient?: (dys: Tensor[]) => Record<string, () => Tensor>;
  readonly saved?: readonly Tensor[] | null;
}

/** The parts of tfjs's engine that aren't in its types. */
export interface EngineInternals {
  readonly state: {
    readonly kernelDepth: number;
    readonly gradientDepth: number;
    readonly profiling: boolean;
    readonly numTensors: number;
    activeTape?: TapeNode[] | null;
    /** The innermost scope of `tidy`, and the tensors made in it. */
    readonly activeScope?: { readonly track: readonly Tensor[] } | null;
  };
  readonly registeredVariables: Readonly<Record<string, Variable>>;
  nextTensorId(): number;
  runKernel(name: string, inputs: unknown, attributes: unknown): unknown;
  gradients(
    f: () => Tensor,
    xs: readonly Tensor[],
    dy?: Tensor | null,
    allowNoGradients?: boolean,
  ): GradientResult;
  addTapeNode(...args: unknown[]): void;
  disposeVariable(variable: Variable): void;
  disposeVariables(): void;
  startScope(name?: string): void;
  /** @param kept Tensors that outlive the scope. */
  endScope(kept?: readonly Tensor[]): void;
  tidy<T>(fn: () => T): T;
}

export interface GradientResult {
  readonly value: Tensor;
  /** Undefined where `f` doesn't depend on the input. */
  readonly grads: readonly (Tensor | undefined)[];
}

/** Gradients as optimizers take them: by name, or as a list in the order of the variables. */
export type NamedGradients =
  NamedTensorMap | readonly { readonly name: string; readonly tensor: Tensor | null }[];

export function engine(): EngineInternals {
  return tf.engine() as unknown as EngineInternals;
}
