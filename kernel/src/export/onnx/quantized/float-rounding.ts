import { limits } from '../../../formats/limits';
import { FORMATS, type FormatId } from '../../../formats/table';
import { typeCode } from '../proto/attribute';
import { int64Tensor } from '../proto/tensor';
import type { NodeScope } from '../writer/node-scope';

/** Steps below it would be subnormal in float32, which runtimes may take for 0. */
const LEAST = 2 ** -100;
const LARGEST = limits('fp32').max;
/** The exponents of the table of powers: those of float32. */
const [FIRST, COUNT] = [-128, 256];

/**
 * What a float format holds of a value within its range, to nearest even, by operators of float32 alone:
 * for formats that ONNX has no type for. The distance of numbers is a power of two, so that dividing by it,
 * rounding, and multiplying again are exact.
 */
export function roundedToFloat(scope: NodeScope, x: string, format: FormatId): string {
  const { max, minNormal, epsilon } = limits(format);
  const within = saturated(scope, x, max);
  const sizes = scope.op('Max', [
    scope.op('Abs', [within]),
    scope.scalar('least_normal', Math.max(minNormal, LEAST)),
  ]);
  const step = scope.op('Mul', [powerBelow(scope, sizes), scope.scalar('step', epsilon)]);
  return scope.op('Mul', [scope.op('Round', [scope.op('Div', [within, step])]), step]);
}

/** As {@link roundedToFloat}, of integers: without -128, so that every number has its negative. */
export function roundedToElement(scope: NodeScope, x: string, format: FormatId): string {
  if (FORMATS[format].kind !== 'integer') return roundedToFloat(scope, x, format);
  return saturated(scope, scope.op('Round', [x]), limits(format).max);
}

export function saturated(scope: NodeScope, x: string, max: number): string {
  return scope.op('Clip', [x, scope.scalar('least', -max), scope.scalar('largest', max)]);
}

/**
 * The largest power of two up to each of some positive numbers from 2^-100, exactly: a logarithm may be
 * off by one where a number is near a power. 1 for NaN.
 */
export function powerBelow(scope: NodeScope, sizes: string): string {
  const one = scope.scalar('one', 1);
  const known = scope.op('Where', [scope.op('IsNaN', [sizes]), one, sizes]);
  const finite = scope.op('Min', [known, scope.scalar('largest_float', LARGEST)]);
  const log2 = scope.op('Mul', [scope.op('Log', [finite]), scope.scalar('per_ln2', Math.LOG2E)]);
  const exponent = scope.op('Cast', [scope.op('Floor', [log2])], { to: typeCode('int64') });
  const integer = (name: string, value: number): string =>
    scope.typed(name, { ...int64Tensor([value]), shape: [] });
  const place = scope.op('Clip', [
    scope.op('Sub', [exponent, integer('first_exponent', FIRST)]),
    integer('first_place', 0),
    integer('last_place', COUNT - 1),
  ]);
  const powers = Float32Array.from({ length: COUNT }, (_, i) => 2 ** (FIRST + i));
  const near = scope.op('Gather', [scope.constant('powers', powers, [COUNT]), place]);
  const half = scope.op('Mul', [near, scope.scalar('half', 0.5)]);
  const below = scope.op('Where', [scope.op('Greater', [near, finite]), half, near]);
  const twice = scope.op('Mul', [below, scope.scalar('two', 2)]);
  return scope.op('Where', [scope.op('LessOrEqual', [twice, finite]), twice, below]);
}

/** A floor for numbers that {@link powerBelow} is given. */
export function atLeast(scope: NodeScope, sizes: string): string {
  return scope.op('Max', [sizes, scope.scalar('least_size', LEAST)]);
}
