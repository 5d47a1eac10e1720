import type { AffineParams } from '../../integer/affine';
import type { ReportRow } from '../report';
import { isIntegerKernel, kernelsOf } from './kernels';
import { countOf, type KeptProduct, type Product } from './products';

/** A product that has codes for weights now, or rounded ones. */
export interface Written {
  readonly product: Product;
  readonly format: string;
  /** Whether the weights are widened before they are multiplied. */
  readonly isSimulated: boolean;
  /** What is to be said of it, beside its kernel. */
  readonly how: string;
  /** Of the weights as they are kept, with their scales. */
  readonly bytes: number;
  /** The graph that they are in a second time; absent where they are in the main one alone. */
  readonly copiedTo?: object;
  /** Of what the product takes, in static mode. */
  readonly activations?: AffineParams;
}

interface Places {
  /** Batch normalizations, each with the product that it is part of. */
  readonly folded: ReadonlyMap<string, string>;
  /** The names of the nodes, in the model's order. */
  readonly order: readonly string[];
}

/** A row for each product of a model, in its order, with the kernel that ONNX Runtime runs. */
export async function reportRows(
  bytes: Uint8Array,
  written: readonly Written[],
  kept: readonly KeptProduct[],
  { folded, order }: Places,
): Promise<readonly ReportRow[]> {
  const kernels = await kernelsOf(bytes);
  const rows = [
    ...written.map((one, i) => {
      const row = writtenRow(one, kernels);
      const same = written.slice(0, i).filter((other) => sharesWeights(one, other));
      const once = same.find(({ copiedTo }) => copiedTo === one.copiedTo);
      if (once !== undefined) return sharedRow(row, once.product.name);
      return same[0] === undefined ? row : copiedRow(row, same[0].product.name);
    }),
    ...kept.map(keptRow),
    ...[...folded].map(([name, into]) => foldedRow(name, into)),
  ];
  const places = new Map(order.map((name, i) => [name, i]));
  // What is gone stands behind what it went into; what is within a node, at the end.
  const placeOf = ({ name }: ReportRow): number =>
    places.get(folded.get(name) ?? name) ?? order.length;
  return rows.sort((a, b) => placeOf(a) - placeOf(b));
}

function writtenRow(
  { product, format, isSimulated, how, bytes, activations }: Written,
  kernels: ReadonlyMap<string, string>,
): ReportRow {
  const { name, op, shape, biasBytes, node } = product;
  const kernel = kernels.get(node.name ?? '') ?? kernels.get(node.output?.[0] ?? '') ?? op;
  const isInteger = isIntegerKernel(kernel);
  const isNative = isInteger && !isSimulated;
  const reason =
    isNative || how !== '' ? how : 'ONNX Runtime widens the codes, and multiplies in float32';
  return {
    name,
    kind: op,
    format,
    execution: isNative ? 'native' : 'simulated',
    kernel,
    reason,
    weightBytes: biasBytes + bytes,
    floatWeightBytes: biasBytes + 4 * countOf(shape),
    activations,
  };
}

/** Whether two products have the same weights in the same codes, of which each graph has one copy. */
function sharesWeights({ product: one, bytes }: Written, other: Written): boolean {
  const { weight, op, axis, bias } = other.product;
  return (
    one.weight === weight &&
    one.op === op &&
    one.axis === axis &&
    one.bias === bias &&
    bytes === other.bytes
  );
}

function sharedRow(row: ReportRow, owner: string): ReportRow {
  const also = `its weights are those of ${owner}, in the file once`;
  return { ...row, reason: joined(row.reason, also), weightBytes: 0, floatWeightBytes: 0 };
}

/** Of weights that the float model has once. */
function copiedRow(row: ReportRow, owner: string): ReportRow {
  const also = `its weights are those of ${owner}, copied into the graph that it is in`;
  return { ...row, reason: joined(row.reason, also), floatWeightBytes: 0 };
}

function joined(...reasons: readonly string[]): string {
  return reasons.filter((part) => part !== '').join('; ');
}

function keptRow({ name, op, reason, floatWeightBytes }: KeptProduct): ReportRow {
  return {
    name,
    kind: op,
    format: 'fp32',
    execution: undefined,
    kernel: op,
    reason,
    weightBytes: floatWeightBytes,
    floatWeightBytes,
    activations: undefined,
  };
}

function foldedRow(name: string, into: string): ReportRow {
  return {
    name,
    kind: 'BatchNormalization',
    format: 'folded',
    execution: undefined,
    kernel: 'none',
    reason: `folded into ${into}`,
    weightBytes: 0,
    floatWeightBytes: 0,
    activations: undefined,
  };
}
