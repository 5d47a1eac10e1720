import { DT } from '../../dtypes';
import type { OpEntry, TensorType } from '../tape';
import { sizeOf } from './broadcast';

/** An op that a fused kernel can do, by the types of its inputs. */
export interface FusedOp {
  /** TensorFlow's name. */
  readonly name: string;
  /** The number in `kernel/native/fused/tiles.h`. */
  readonly code: number;
  /** One for each input. */
  readonly from: readonly number[];
  readonly to: number;
  /**
   * True where TensorFlow computes whole packets by a polynomial and what is left over by another: then
   * only sizes without a rest are fused.
   */
  readonly byPackets: boolean;
  /**
   * What TensorFlow does where one operand is a number and the other isn't, by which of two NaNs is the
   * result: as ever, the number first, or what no kernel of ours does.
   */
  readonly withNumber: 'same' | 'first' | 'other';
}

const binary = (name: string, code: number, type: number): FusedOp => ({
  name,
  code,
  from: [type, type],
  to: type,
  byPackets: type !== DT.float,
  withNumber:
    type === DT.half
      ? 'other'
      : type === DT.float && (name === 'Mul' || name.startsWith('Add'))
        ? 'first'
        : 'same',
});

const unary = (name: string, code: number, byPackets: boolean): FusedOp => ({
  name,
  code,
  from: [DT.float],
  to: DT.float,
  byPackets,
  withNumber: 'same',
});

const cast = (code: number, from: number, to: number): FusedOp => ({
  name: 'Cast',
  code,
  from: [from],
  to,
  byPackets: true,
  withNumber: 'same',
});

export const FUSED_OPS: readonly FusedOp[] = [
  binary('Add', 0, DT.float),
  binary('AddV2', 0, DT.float),
  binary('Sub', 1, DT.float),
  binary('Mul', 2, DT.float),
  binary('RealDiv', 3, DT.float),
  binary('SquaredDifference', 4, DT.float),
  unary('Neg', 5, false),
  unary('Square', 6, false),
  unary('Exp', 7, true),
  unary('Erf', 8, true),
  cast(9, DT.float, DT.bfloat16),
  cast(10, DT.bfloat16, DT.float),
  binary('Add', 11, DT.bfloat16),
  binary('AddV2', 11, DT.bfloat16),
  binary('Sub', 12, DT.bfloat16),
  binary('Mul', 13, DT.bfloat16),
  cast(14, DT.float, DT.half),
  cast(15, DT.half, DT.float),
  binary('Add', 16, DT.half),
  binary('AddV2', 16, DT.half),
  binary('Sub', 17, DT.half),
  binary('Mul', 18, DT.half),
];

/** Sizes that are a multiple of this have no rest, whatever the processor's packets. */
export const PACKET = 16;

/** Bytes of an element of the types that fused kernels know. */
export function bytesOf(dtype: number): number {
  return dtype === DT.float ? 4 : 2;
}

/** The one of `ops` that an op with inputs of these types is. */
export function fusedOp(
  ops: readonly FusedOp[],
  { name, attributes, outputs }: OpEntry,
  types: readonly TensorType[],
): FusedOp | undefined {
  const [output] = outputs;
  if (outputs.length !== 1 || output === undefined) return undefined;
  if (attributes.some((one) => one.name === 'Truncate' && one.value === true)) return undefined;
  const leavesRest = sizeOf(output.shape) % PACKET !== 0;
  const op = ops.find(
    (one) =>
      one.name === name &&
      one.to === output.dtype &&
      one.from.length === types.length &&
      one.from.every((type, i) => type === types[i]?.dtype),
  );
  if (op === undefined || (leavesRest && op.byPackets)) return undefined;
  if (!takesNumber(types) || op.withNumber === 'same') return op;
  return leavesRest || op.withNumber === 'other' ? undefined : op;
}

/** Whether one operand is a number, and the other one isn't. */
export function takesNumber(types: readonly TensorType[]): boolean {
  const [a = 1, b = 1] = types.map(({ shape }) => sizeOf(shape));
  return types.length === 2 && a !== b && (a === 1 || b === 1);
}
