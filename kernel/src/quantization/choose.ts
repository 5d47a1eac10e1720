import type { DeviceFacts } from '../backend/contract';
import { NativeProduct } from './native-product';
import type { ActivationScheme, LinearSpec, Product } from './product';
import { INT7, INT8, type IntegerRange } from './scheme';
import { exactness, overflowReason, selfCheck } from './self-check';
import { SimulatedProduct } from './simulated-product';

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

/**
 * The native product where it is exact for these very weights, else the simulated one with the
 * reason. Inexact kernels are never used.
 */
export function chooseProduct(
  spec: LinearSpec,
  scheme: ActivationScheme,
  facts: DeviceFacts,
): Product {
  const reason = notNative(facts) ?? overflowReason(spec);
  if (reason !== undefined) return new SimulatedProduct(spec, scheme, reason);
  const bits = facts.int8ReduceRange
    ? '7-bit weights, as this CPU sums in 16 bits'
    : '8-bit weights';
  const product = new NativeProduct(spec, scheme, `${exactness(spec)}; ${bits}`);
  const wrong = check(product);
  if (wrong === undefined) return product;
  product.dispose();
  return new SimulatedProduct(spec, scheme, wrong);
}

function check(product: NativeProduct): string | undefined {
  try {
    return selfCheck(product);
  } catch (error) {
    const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return `the integer kernel failed: ${line}`;
  }
}
