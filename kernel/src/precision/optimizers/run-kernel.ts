import type { Tensor, Variable } from '@tensorflow/tfjs';
import { attr } from '../../backend/attributes';
import { DT } from '../../backend/dtypes';
import { deleteHandles, handleOf, rawOp, rawOp1 } from '../../backend/raw';
import { assignVariable, readVariable, type ResourceVariable } from '../../backend/variables';
import { updateInPlace } from './backing';
import type { KernelCall } from './kernels';
import { withScalars } from './scalars';

/** What a kernel updates: an fp32 variable with its slots, in the order of the op's inputs. */
export interface KernelTarget {
  readonly variable: Variable;
  readonly slots: readonly Variable[];
  readonly gradient: Tensor;
  /** Multiplies the variable before the update: `1 - rate * weightDecay` when decay is decoupled. */
  readonly keep?: number;
}

const FLOAT = attr.type('T', DT.float);

/** Runs the kernel on each variable, in place. */
export function runKernel(call: KernelCall, targets: readonly KernelTarget[]): void {
  const attributes = [
    FLOAT,
    attr.bool('use_locking', false),
    ...Object.entries(call.flags).map(([name, value]) => attr.bool(name, value)),
  ];
  withScalars([...call.scalars, ...(call.trailing ?? [])], (handles) => {
    const before = handles.slice(0, call.scalars.length);
    const after = handles.slice(call.scalars.length);
    for (const { variable, slots, gradient, keep } of targets) {
      updateInPlace([variable, ...slots], (resources, [backing]) => {
        if (keep !== undefined && backing !== undefined) shrink(backing, keep);
        rawOp(call.op, attributes, [...resources, ...before, handleOf(gradient), ...after], 0);
      });
    }
  });
}

/** The new value has the only handle on its buffer, so that the kernel still writes in place. */
function shrink(variable: ResourceVariable, factor: number): void {
  withScalars([factor], ([handle]) => {
    const old = readVariable(variable);
    const product = rawOp1('Mul', [FLOAT], [old, handle]);
    deleteHandles(old);
    assignVariable(variable, product);
    deleteHandles(product);
  });
}
