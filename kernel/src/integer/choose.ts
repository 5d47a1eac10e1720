import type { DeviceFacts } from '../backend/contract';
import { INT7, INT8, type IntegerRange } from './affine';

/** Why integer products can't run natively here at all, or undefined where they may. */
export function notNative(facts: DeviceFacts): string | undefined {
  if (facts.engine !== 'tensorflow') return `${facts.engine} has no integer kernels`;
  if (facts.device === 'gpu') return 'TensorFlow has no int8 product kernels for GPUs';
  const { execution, reason } = facts.formats.int8;
  return execution === 'native' ? undefined : reason;
}

/** The weights' range: 7 bits where the kernels' 16-bit sums would saturate. */
export function weightRange(facts: DeviceFacts): IntegerRange {
  return notNative(facts) === undefined && facts.int8ReduceRange ? INT7 : INT8;
}
