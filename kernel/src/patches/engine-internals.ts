import * as tf from '@tensorflow/tfjs';
import type { NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs';

/** The parts of tfjs's engine that aren't in its types. */
export interface EngineInternals {
  readonly state: {
    readonly gradientDepth: number;
  };
  readonly registeredVariables: Readonly<Record<string, Variable>>;
  nextTensorId(): number;
  gradients(
    f: () => Tensor,
    xs: readonly Tensor[],
    dy?: Tensor | null,
    allowNoGradients?: boolean,
  ): GradientResult;
  disposeVariable(variable: Variable): void;
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

/** A variable and its gradient; the position is the one among all that were given. */
export interface Update {
  readonly position: number;
  readonly variable: Variable;
  readonly gradient: Tensor | undefined;
}

/** The variables that an optimizer is asked to update, in order. */
export function updatesOf(gradients: NamedGradients): Update[] {
  const { registeredVariables } = engine();
  const named: readonly { readonly name: string; readonly tensor: Tensor | null | undefined }[] =
    Array.isArray(gradients)
      ? (gradients as readonly { name: string; tensor: Tensor | null }[])
      : Object.entries(gradients as NamedTensorMap).map(([name, tensor]) => ({ name, tensor }));
  return named.flatMap(({ name, tensor }, position) => {
    const variable = registeredVariables[name];
    return variable === undefined ? [] : [{ position, variable, gradient: tensor ?? undefined }];
  });
}
