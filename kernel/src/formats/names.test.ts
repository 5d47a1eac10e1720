import { describe, expect, it } from 'vitest';
import { BLOCK_FORMATS } from './blocks';
import * as names from './names';
import { FORMATS } from './table';
import { USES, type FormatUse } from './uses';

const FLOATS =
  'tf32 bf16 fp16 e4m3 e5m2 e3m4 e4m3fnuz e5m2fnuz e4m3b11fnuz e4m3ieee e3m2 e2m3 e2m1';
const BLOCKS = 'mxfp8_e4m3 mxfp8_e5m2 mxfp6_e3m2 mxfp6_e2m3 mxfp4 mxint8 nf4';
const WEIGHTS = 'int8 int4 int3 int2 ternary binary log4 log3 codebook4 codebook3 codebook2';

describe('the lists of formats', () => {
  it.each([
    ['COMPUTE_FORMATS', 'fp32 tf32 bf16 fp16 fp8'],
    ['STORAGE_FORMATS', 'fp32 bf16 fp16'],
    ['HARDWARE_FORMATS', 'fp32 tf32 bf16 fp16 fp8 int8'],
    ['WEIGHT_FORMATS', `${FLOATS} ${BLOCKS} ${WEIGHTS}`],
    ['FLOAT_WEIGHT_FORMATS', FLOATS],
    ['BLOCK_WEIGHT_FORMATS', BLOCKS],
    ['LINEAR_WEIGHT_FORMATS', 'int8 int4 int3 int2 ternary binary'],
    ['INTEGER_WEIGHT_FORMATS', 'int8 int4 int3 int2'],
    ['KV_FORMATS', `fp32 bf16 fp16 fp8 e5m2 ${BLOCKS} int8 int4 int2`],
    ['ONNX_FORMATS', 'fp32 fp16 int8 int4'],
    ['TFLITE_FORMATS', 'fp32 fp16 dynamic int8'],
    ['TFJS_TYPES', 'float32 float16 uint16 uint8'],
    [
      'INSPECTED_FORMATS',
      'fp32 tf32 bf16 fp16 e4m3 e5m2 e3m4 e3m2 e2m3 e2m1 int8 int4 int3 binary',
    ],
  ] as const)('%s are in the order in which they are shown', (list, expected) => {
    expect(names[list].join(' ')).toBe(expected);
  });

  it('has the codes of ONNX', () => {
    expect(names.ONNX_TYPES).toEqual({
      ...{ float32: 1, uint8: 2, int8: 3, int32: 6, float16: 10, uint4: 21, int4: 22 },
      ...{ bfloat16: 16, float8_e4m3fn: 17, float8_e4m3fnuz: 18 },
      ...{ float8_e5m2: 19, float8_e5m2fnuz: 20, float4_e2m1fn: 23 },
    });
  });
});

describe('the table of uses', () => {
  const rows = Object.entries<FormatUse>(USES);

  it('labels what no other table does', () => {
    for (const [name, { label, compute }] of rows) {
      const isLabelled = name in FORMATS || name in BLOCK_FORMATS || compute !== undefined;
      expect([name, label === undefined]).toEqual([name, isLabelled]);
    }
  });

  it('compares a format only as what it can be', () => {
    for (const [name, { compute, weights, compare = {} }] of rows) {
      for (const use of Object.values(compare)) {
        const can =
          use === 'compute'
            ? compute !== undefined
            : use === 'rounded'
              ? weights?.values === 'floats' || weights?.values === 'blocks'
              : weights !== undefined;
        expect([name, use, can]).toEqual([name, use, true]);
      }
    }
  });

  it('has each name of compare, ONNX and tfjs once', () => {
    const once = (all: readonly string[]): void => {
      expect(all.toSorted()).toEqual([...new Set(all)].toSorted());
    };
    once(rows.flatMap(([, { compare = {} }]) => Object.keys(compare)));
    once(rows.flatMap(([, { onnxType = {} }]) => Object.keys(onnxType)));
    once(rows.flatMap(([, { tfjs = [] }]) => tfjs));
    once(rows.flatMap(([, { weights }]) => weights?.names ?? []));
    once(rows.flatMap(([, { compute }]) => compute?.dtypes ?? []));
  });
});
