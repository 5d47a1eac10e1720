import { typeCode } from '../../proto/attribute';
import { range } from '../../writer/layout';
import type { OpScope } from './arguments';
import type { OpEmitter } from './elementwise';

const reduction =
  (type: string): OpEmitter =>
  (scope) => {
    const axes = scope.numbers(1, 'axes');
    const keepdims = scope.flag('keep_dims') || scope.flag('keepdims') ? 1 : 0;
    return scope.layer.op(type, [scope.value(0), scope.layer.indices('axes', axes)], { keepdims });
  };

/** Of int64 in ONNX, of int32 in tfjs. */
const place =
  (type: string): OpEmitter =>
  (scope) => {
    const [axis = 0] = scope.count > 1 ? scope.numbers(1, 'axis') : [0];
    const found = scope.layer.op(type, [scope.value(0)], { axis, keepdims: 0 });
    return scope.layer.op('Cast', [found], { to: typeCode('int32') });
  };

/** The largest values of the last axis, and where they are. */
const largest: OpEmitter = (scope) => {
  const [count = 1] = scope.numbers(1, 'count');
  const inputs = [scope.value(0), scope.layer.indices('count', [count])];
  const [values = '', places = ''] = scope.layer.ops('TopK', inputs, 2, { axis: -1 });
  return [values, scope.layer.op('Cast', [places], { to: typeCode('int32') })];
};

const softmax =
  (type: string): OpEmitter =>
  (scope) =>
    scope.layer.op(type, [scope.value(0)], { axis: -1 });

/** A product of matrices, either of them turned where the op says so. */
const product: OpEmitter = (scope) => {
  const [left, right] = TURNS[scope.op] ?? ['', ''];
  const a = turned(scope, 0, scope.flag(left));
  const b = turned(scope, 1, scope.flag(right));
  return scope.layer.op('MatMul', [a, b]);
};

const einsum: OpEmitter = (scope) => {
  const equation = scope.text('equation');
  const values = range(0, scope.count).map((i) => scope.value(i));
  return scope.layer.op('Einsum', values, { equation });
};

const TURNS: Readonly<Record<string, readonly [string, string]>> = {
  MatMul: ['transpose_a', 'transpose_b'],
  BatchMatMul: ['adj_x', 'adj_y'],
  BatchMatMulV2: ['adj_x', 'adj_y'],
};

function turned(scope: OpScope, i: number, isTurned: boolean): string {
  if (!isTurned) return scope.value(i);
  const rank = scope.shape(i).length;
  const perm = [...range(0, rank - 2), rank - 1, rank - 2];
  return scope.layer.op('Transpose', [scope.value(i)], { perm });
}

export const reductions: Readonly<Record<string, OpEmitter>> = {
  ArgMax: place('ArgMax'),
  ArgMin: place('ArgMin'),
  BatchMatMul: product,
  BatchMatMulV2: product,
  Einsum: einsum,
  LogSoftmax: softmax('LogSoftmax'),
  MatMul: product,
  Max: reduction('ReduceMax'),
  Mean: reduction('ReduceMean'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  Softmax: softmax('Softmax'),
  Sum: reduction('ReduceSum'),
  TopKV2: largest,
};
