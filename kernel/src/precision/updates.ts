import type { NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs';
import { engine, type NamedGradients } from '../patches/engine-internals';

/** A variable and its gradient; the position is the one among all that were given. */
export interface Update {
  readonly position: number;
  readonly variable: Variable;
  readonly gradient: Tensor | undefined;
}

/** The variables that there are gradients of. */
export function updatedBy(updates: readonly Update[]): Variable[] {
  return updates.flatMap(({ variable, gradient }) => (gradient ? [variable] : []));
}

/** The gradients that there are. */
export function gradientsOf(updates: readonly Update[]): Tensor[] {
  return updates.flatMap(({ gradient }) => gradient ?? []);
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
