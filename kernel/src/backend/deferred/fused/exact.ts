import { attr } from '../../attributes';
import { DT } from '../../dtypes';
import type { FunctionBinding } from '../functions';
import { graphDef, node, opAttribute, placeholder } from '../graph-def';
import { ELEMENTWISE, elementwiseAttributes } from './fusion';
import { bytesOf, FUSED_OPS, type FusedOp } from './opcodes';
import { PROBED, probeValues } from './probe-values';

/** The environment variable that turns fused kernels off, with `off`. */
export const FUSED_SWITCH = 'HALFNOTE_FUSED_KERNELS';

const known = new WeakMap<FunctionBinding, readonly FusedOp[]>();

/**
 * The ops that the addon can fuse with the bits that TensorFlow's own kernels give here.
 *
 * @param config The serialized `ConfigProto` that programs run with.
 */
export function fusedOpsOf(binding: FunctionBinding, config: Uint8Array): readonly FusedOp[] {
  if (process.env[FUSED_SWITCH] === 'off' || binding.registerFusedOp?.() !== true) return [];
  let ops = known.get(binding);
  if (ops === undefined) {
    ops = exactOps(binding, config);
    known.set(binding, ops);
  }
  return ops;
}

/**
 * The ops that give the same bits fused as alone, over all kinds of numbers: TensorFlow may have been
 * built for other instructions than our kernels, with other roundings of a polynomial.
 */
function exactOps(binding: FunctionBinding, config: Uint8Array): readonly FusedOp[] {
  const bits = runBothWays(binding, config, FUSED_OPS);
  return FUSED_OPS.filter((_, i) => {
    const [alone, fused] = bits.slice(2 * i);
    return alone !== undefined && fused !== undefined && alone.equals(fused);
  });
}

/** The bits that each op gives alone and fused; nothing where TensorFlow can't run them. */
export function runBothWays(
  binding: FunctionBinding,
  config: Uint8Array,
  ops: readonly FusedOp[],
): Buffer[] {
  const name = `halfnote_probe_${process.pid}`;
  const outputs = ops.flatMap((_, i) => [`alone${i}:0`, `fused${i}:0`]);
  const ids: number[] = [];
  let isThere = false;
  try {
    binding.addFunction(name, probeGraph(ops), ['x0:0', 'x1:0'], outputs, [], []);
    isThere = true;
    for (const series of [1, 2] as const) {
      ids.push(binding.createTensor([PROBED], DT.float, probeValues(series)));
    }
    const results = binding.runFunction(name, config, ids, outputs.length);
    ids.push(...results);
    return results.map((id) => {
      const { buffer, byteOffset, byteLength } = binding.tensorDataSync(id);
      return Buffer.from(buffer, byteOffset, byteLength);
    });
  } catch {
    return [];
  } finally {
    for (const id of ids) binding.deleteTensor(id);
    if (isThere) binding.removeFunction(name);
  }
}

/** Each op on one or two inputs, alone and fused, with the bits of both as whole numbers. */
function probeGraph(ops: readonly FusedOp[]): Buffer {
  const type = { shape: [PROBED], dtype: DT.float };
  return graphDef([
    ...[0, 1].flatMap((i) => [
      placeholder(`x${i}`, type),
      castNode(`x${i}_${DT.bfloat16}`, `x${i}`, DT.float, DT.bfloat16),
      castNode(`x${i}_${DT.half}`, `x${i}`, DT.float, DT.half),
    ]),
    ...ops.flatMap(nodesOf),
  ]);
}

function nodesOf({ name, code, from, to }: FusedOp, at: number): Buffer[] {
  const operands = from.map((dtype, i) => (dtype === DT.float ? `x${i}` : `x${i}_${dtype}`));
  const [type = DT.float] = from;
  const types =
    name === 'Cast' ? [attr.type('SrcT', type), attr.type('DstT', to)] : [attr.type('T', type)];
  const words = [PROBED, from.length];
  for (const dtype of from) words.push(1, PROBED, bytesOf(dtype));
  words.push(1, code, 0, from.length - 1, 1, from.length);
  const fused = elementwiseAttributes(words, from, [{ shape: [PROBED], dtype: to }]);
  return [
    node(`one${at}`, name, operands, types.map(opAttribute)),
    node(`other${at}`, ELEMENTWISE, operands, fused.map(opAttribute)),
    ...bitsOf(`alone${at}`, `one${at}`, to),
    ...bitsOf(`fused${at}`, `other${at}`, to),
  ];
}

function castNode(name: string, input: string, from: number, to: number): Buffer {
  return node(
    name,
    'Cast',
    [input],
    [attr.type('SrcT', from), attr.type('DstT', to)].map(opAttribute),
  );
}

function bitsOf(name: string, input: string, dtype: number): Buffer[] {
  const same = dtype === DT.float ? DT.int32 : DT.uint16;
  const types = [attr.type('T', dtype), attr.type('type', same)].map(opAttribute);
  return [
    node(`${name}_bits`, 'Bitcast', [input], types),
    castNode(name, `${name}_bits`, same, DT.int32),
  ];
}
