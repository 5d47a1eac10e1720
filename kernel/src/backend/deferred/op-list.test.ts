import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../start';
import { attr } from '../attributes';
import { native } from '../binding';
import { DT } from '../dtypes';
import type { FunctionBinding } from './functions';
import { OpList } from './op-list';

let ops: OpList;

beforeAll(() => {
  loadBackend();
  ops = new OpList((native().binding as FunctionBinding).opList());
});

describe("TensorFlow's list of its ops", () => {
  it('says which have a state', () => {
    expect(
      ['RandomUniform', 'VarHandleOp', 'ResourceApplyAdam', 'WriteFile'].every((op) =>
        ops.stateful.has(op),
      ),
    ).toBe(true);
    expect(['MatMul', 'Conv2D', 'StatelessMultinomial'].some((op) => ops.stateful.has(op))).toBe(
      false,
    );
  });

  it('says which attributes are the types of inputs', () => {
    const n = attr.int('N', 2);
    expect(ops.withTypes('ExpandDims', [], [DT.half, DT.int32])).toEqual([
      attr.type('T', DT.half),
      attr.type('Tdim', DT.int32),
    ]);
    expect(ops.withTypes('ConcatV2', [n], [DT.bfloat16, DT.bfloat16, DT.int32])).toEqual([
      n,
      attr.type('T', DT.bfloat16),
      attr.type('Tidx', DT.int32),
    ]);
    const given = [attr.type('T', DT.float)];
    expect(ops.withTypes('Relu', given, [DT.float])).toBe(given);
    // As by itself, where tfjs names the type from before its cast.
    const mean = [attr.bool('keep_dims', false), attr.type('T', DT.bool)];
    expect(ops.withTypes('Mean', mean, [DT.float, DT.int32])).toEqual([
      attr.bool('keep_dims', false),
      attr.type('T', DT.float),
      attr.type('Tidx', DT.int32),
    ]);
  });
});
