import * as tf from '@tensorflow/tfjs';
import type { Variable } from '@tensorflow/tfjs';
import { native } from '../../backend/binding';
import { DT } from '../../backend/dtypes';
import { deleteHandles, handleOf, nativeDtype, tensorFromHandle } from '../../backend/raw';
import {
  createVariable,
  destroyVariable,
  readVariable,
  type ResourceVariable,
} from '../../backend/variables';

/**
 * The TensorFlow resource behind a tfjs variable. The variable's tensor is a read handle of the
 * resource: both share one buffer, so the weight exists once and tfjs always sees the current value.
 */
interface Backing {
  readonly resource: ResourceVariable;
  /** The data that was published last; another one means that somebody assigned to the variable. */
  dataId: object;
}

const backings = new WeakMap<Variable, Backing>();

/**
 * Lets `update` write into the resources behind `variables` in place, then publishes the new values.
 * The read handles are freed before, for a living one makes TensorFlow copy the whole variable; data
 * that others hold too (a clone of the weight) is left to them, and TensorFlow copies.
 */
export function updateInPlace(
  variables: readonly Variable[],
  update: (resources: readonly number[], backings: readonly ResourceVariable[]) => void,
): void {
  const backed = variables.map((variable) => backingOf(variable));
  for (const variable of variables) freeReadHandle(variable);
  try {
    const resources = backed.map(({ resource }) => resource);
    update(
      resources.map(({ resource }) => resource),
      resources,
    );
  } finally {
    variables.forEach((variable, index) => {
      const backing = backed[index];
      if (backing !== undefined) publish(variable, backing);
    });
  }
}

/** True for variables that a resource can stand behind. */
export function canBack(variable: Variable): boolean {
  return variable.dtype === 'float32' && native().tensorMap.has(variable.dataId);
}

/** Frees the resource of a variable that is disposed. */
export function releaseBacking(variable: Variable): void {
  const backing = backings.get(variable);
  if (backing === undefined) return;
  backings.delete(variable);
  destroyVariable(backing.resource);
}

function backingOf(variable: Variable): Backing {
  const known = backings.get(variable);
  if (known?.dataId === variable.dataId) return known;
  releaseBacking(variable);
  const handle = handleOf(variable);
  const resource = createVariable(handle, variable.shape.slice(), nativeDtype(variable));
  const backing = { resource, dataId: variable.dataId };
  backings.set(variable, backing);
  return backing;
}

/** The handle of data that only the variable holds; its entry gets a new one by {@link publish}. */
function freeReadHandle(variable: Variable): void {
  const entry = native().tensorMap.get(variable.dataId);
  if (entry?.refCount !== 1 || entry.id < 0) return;
  deleteHandles(entry.id);
  entry.id = -1;
}

function publish(variable: Variable, backing: Backing): void {
  const id = readVariable(backing.resource);
  const current = tf
    .engine()
    .keep(tensorFromHandle({ id, shape: variable.shape.slice(), dtype: DT.float }));
  variable.assign(current);
  current.dispose();
  backing.dataId = variable.dataId;
}
