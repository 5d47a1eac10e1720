import { attr } from './attributes';
import { copyHandle, deleteHandles, rawOp, rawOp1 } from './raw';
import { DT } from './dtypes';

/** A TensorFlow resource variable, which the fused optimizer ops (`ResourceApplyAdam`, ...) update. */
export interface ResourceVariable {
  /** The handle of the resource itself: the first input of `ResourceApply*`. */
  readonly resource: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

let created = 0;

/**
 * Makes a variable with a copy of the value behind `initial`, which the caller keeps. A copy, for
 * the optimizer ops write in place and a handle may share memory with a JavaScript array.
 */
export function createVariable(
  initial: number,
  shape: readonly number[],
  dtype: number = DT.float,
): ResourceVariable {
  created += 1;
  const resource = rawOp1(
    'VarHandleOp',
    [
      attr.string('container', ''),
      attr.string('shared_name', `halfnote-${process.pid}-${created}`),
      attr.type('dtype', dtype),
      attr.shape('shape', shape),
    ],
    [],
  );
  const variable = { resource, shape, dtype };
  const value = copyHandle(initial, dtype);
  try {
    assignVariable(variable, value);
  } finally {
    deleteHandles(value);
  }
  return variable;
}

/** Sets the value. The variable shares the handle's memory: give it a copy if others write to it. */
export function assignVariable(variable: ResourceVariable, value: number): void {
  rawOp('AssignVariableOp', [attr.type('dtype', variable.dtype)], [variable.resource, value], 0);
}

/**
 * A handle with the current value, which the caller deletes. While it lives, the next
 * `ResourceApply*` copies the variable instead of writing in place: delete it first.
 */
export function readVariable(variable: ResourceVariable): number {
  return rawOp1('ReadVariableOp', [attr.type('dtype', variable.dtype)], [variable.resource]);
}

/** Frees the value and the handle. */
export function destroyVariable(variable: ResourceVariable): void {
  rawOp('DestroyResourceOp', [attr.bool('ignore_lookup_error', true)], [variable.resource], 0);
  deleteHandles(variable.resource);
}
