import { float, typeCode } from '../../proto/attribute';
import { clip } from '../activation';
import type { OpScope } from './arguments';

/** Writes a TensorFlow op, and gives the values that it makes. */
export type OpEmitter = (scope: OpScope) => string | readonly string[];

const unary =
  (type: string): OpEmitter =>
  (scope) =>
    scope.layer.op(type, [scope.value(0)]);

const binary =
  (type: string): OpEmitter =>
  (scope) =>
    scope.layer.op(type, [scope.value(0), scope.value(1)]);

/** Logs of 1 and more, and the like: two operators in a row. */
const composed =
  (...types: readonly string[]): OpEmitter =>
  (scope) =>
    types.reduce((x, type) => scope.layer.op(type, [x]), scope.value(0));

function square({ layer }: OpScope, x: string): string {
  return layer.op('Mul', [x, x]);
}

/** A quotient that is 0 where it divides by 0. */
function divideNoNan(scope: OpScope): string {
  const { layer } = scope;
  const divisor = scope.value(1);
  const zero = layer.scalar('zero', 0);
  const isZero = layer.op('Equal', [divisor, zero]);
  const safe = layer.op('Where', [isZero, layer.scalar('one', 1), divisor]);
  return layer.op('Where', [isZero, zero, layer.op('Div', [scope.value(0), safe])]);
}

/** The quotient below, of floats or integers. */
function floorDivide({ layer }: OpScope, left: string, right: string): string {
  const isInteger = layer.writer.type(layer.outputId()) === 'int32';
  const [a, b] = [left, right].map((x) =>
    isInteger ? layer.op('Cast', [x], { to: typeCode('float32') }) : x,
  );
  const quotient = layer.op('Floor', [layer.op('Div', [a ?? '', b ?? ''])]);
  return isInteger ? layer.op('Cast', [quotient], { to: typeCode('int32') }) : quotient;
}

function floorModulo(scope: OpScope): string {
  const { layer } = scope;
  const [a, b] = [scope.value(0), scope.value(1)];
  return layer.op('Sub', [a, layer.op('Mul', [floorDivide(scope, a, b), b])]);
}

function cast(scope: OpScope): string {
  const type = scope.layer.writer.type(scope.layer.outputId());
  return scope.layer.op('Cast', [scope.value(0)], { to: typeCode(type) });
}

export const elementwise: Readonly<Record<string, OpEmitter>> = {
  Abs: unary('Abs'),
  Ceil: unary('Ceil'),
  Cos: unary('Cos'),
  Elu: unary('Elu'),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  Floor: unary('Floor'),
  Log: unary('Log'),
  LogicalNot: unary('Not'),
  Neg: unary('Neg'),
  Reciprocal: unary('Reciprocal'),
  Relu: unary('Relu'),
  Round: unary('Round'),
  Rsqrt: composed('Sqrt', 'Reciprocal'),
  Sigmoid: unary('Sigmoid'),
  Sign: unary('Sign'),
  Sin: unary('Sin'),
  Softplus: unary('Softplus'),
  Sqrt: unary('Sqrt'),
  Tanh: unary('Tanh'),
  Log1p: (scope) =>
    scope.layer.op('Log', [scope.layer.op('Add', [scope.value(0), scope.layer.scalar('one', 1)])]),
  LeakyRelu: (scope) =>
    scope.layer.op('LeakyRelu', [scope.value(0)], { alpha: float(scope.number('alpha', 0.2)) }),
  Relu6: (scope) => clip(scope.layer, scope.value(0), 0, 6),
  ClipByValue: (scope) =>
    scope.layer.op(
      'Clip',
      [0, 1, 2].map((i) => scope.value(i)),
    ),
  Square: (scope) => square(scope, scope.value(0)),
  SquaredDifference: (scope) =>
    square(scope, scope.layer.op('Sub', [scope.value(0), scope.value(1)])),
  Cast: cast,
  DivNoNan: divideNoNan,

  Add: binary('Add'),
  AddV2: binary('Add'),
  BiasAdd: binary('Add'),
  Div: binary('Div'),
  Equal: binary('Equal'),
  FloorDiv: (scope) => floorDivide(scope, scope.value(0), scope.value(1)),
  FloorMod: floorModulo,
  Greater: binary('Greater'),
  GreaterEqual: binary('GreaterOrEqual'),
  Less: binary('Less'),
  LessEqual: binary('LessOrEqual'),
  LogicalAnd: binary('And'),
  LogicalOr: binary('Or'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Mul: binary('Mul'),
  Pow: binary('Pow'),
  Prelu: binary('PRelu'),
  RealDiv: binary('Div'),
  Sub: binary('Sub'),
  SelectV2: (scope) =>
    scope.layer.op(
      'Where',
      [0, 1, 2].map((i) => scope.value(i)),
    ),
};
