import { attr } from '../attributes';
import type { OpAttribute } from '../contract';
import { DT } from '../dtypes';
import { typeOf, type Entry, type OpEntry, type Tape, type TensorType } from '../deferred/tape';
import type { ProgramStage } from './stages';

/** A few ops in a row that one kernel of ours does, and the calls of it that may give the same bits. */
export interface Chain {
  /** In order; the last one's result is what is needed. */
  readonly ops: readonly OpEntry[];
  /** Input, weights, what is added: references of the stage. */
  readonly refs: readonly [number, number, number];
  readonly types: readonly [TensorType, TensorType, TensorType];
  readonly calls: readonly OwnCall[];
}

export interface OwnCall {
  readonly name: string;
  readonly attributes: readonly OpAttribute[];
}

/** Larger convolutions TensorFlow's kernels spread over all cores. */
const MOST_PRODUCTS = 2 ** 25;
/** Weights of more numbers than this don't stay in the first caches. */
const MOST_WEIGHTS = 2 ** 14;
/** How many products are summed before the sum is added to the others. oneDNN's number. */
const BLOCKS = [512];

const CONVOLUTIONS: ReadonlySet<string> = new Set(['Conv2D', '_MklNativeConv2D']);
const PRODUCTS: ReadonlySet<string> = new Set(['BatchMatMulV2', '_MklBatchMatMulV2']);
const ADDITIONS: ReadonlySet<string> = new Set(['Add', 'AddV2', 'BiasAdd']);

/** The chains of a stage that kernels of ours may do. @param lanes Columns that they take together. */
export function chainsOf({ tape, gives }: ProgramStage, lanes: number): Chain[] {
  const users = usersOf(tape);
  const next = ({ first, outputs }: OpEntry): OpEntry | undefined => {
    const [user, ...others] = users.get(first) ?? [];
    return outputs.length === 1 && others.length === 0 && !gives.includes(first) ? user : undefined;
  };
  return tape.entries.flatMap((entry) => {
    if (entry.kind === 'constant') return [];
    const added = next(entry);
    if (added === undefined || !ADDITIONS.has(added.name)) return [];
    const bias = added.refs.find((ref) => ref !== entry.first);
    const [x, weights] = entry.refs;
    if (bias === undefined || x === undefined || weights === undefined) return [];
    const last = next(added);
    const relu = last?.name === 'Relu';
    const types = [typeOf(tape, x), typeOf(tape, weights), typeOf(tape, bias)] as const;
    if (types.some(({ dtype }) => dtype !== DT.float)) return [];
    const calls = CONVOLUTIONS.has(entry.name)
      ? convolutionCalls(entry, types, relu)
      : PRODUCTS.has(entry.name)
        ? rowCalls(entry, types, relu, lanes)
        : [];
    const ops = last !== undefined && relu ? [entry, added, last] : [entry, added];
    return calls.length === 0 ? [] : [{ ops, refs: [x, weights, bias] as const, types, calls }];
  });
}

/** The stage with calls of ours in the place of chains. */
export function withOwnCalls(
  stage: ProgramStage,
  chosen: ReadonlyMap<Chain, OwnCall>,
): ProgramStage {
  const replaced = new Map<Entry, Entry | undefined>();
  for (const [{ ops, refs }, { name, attributes }] of chosen) {
    for (const op of ops) replaced.set(op, undefined);
    const last = ops.at(-1) as OpEntry;
    replaced.set(last, { ...last, name, attributes, refs });
  }
  const entries = stage.tape.entries.flatMap((entry) => {
    const other = replaced.has(entry) ? replaced.get(entry) : entry;
    return other === undefined ? [] : [other];
  });
  return { ...stage, tape: { ...stage.tape, entries } };
}

function convolutionCalls(
  { attributes, outputs }: OpEntry,
  [x, filter, bias]: Chain['types'],
  relu: boolean,
): OwnCall[] {
  const of = attributesOf(attributes);
  const [strides, dilations] = [of('strides'), of('dilations')] as (readonly number[])[];
  const [, height = 0, width = 0, channels = 0] = x.shape;
  const [kernelHeight = 0, kernelWidth = 0, , filters = 0] = filter.shape;
  const [, outputHeight = 0, outputWidth = 0] = outputs[0]?.shape ?? [];
  const [, strideHeight = 1, strideWidth = 1] = strides ?? [];
  const isPlain =
    of('data_format') === 'NHWC' &&
    dilations?.every((rate) => rate === 1) !== false &&
    filter.shape[2] === channels &&
    size(bias) === filters &&
    bias.shape.at(-1) === filters;
  const products = size(outputs[0] ?? x) * kernelHeight * kernelWidth * channels;
  if (!isPlain || products > MOST_PRODUCTS || size(filter) > MOST_WEIGHTS) return [];
  const pads = { SAME: true, VALID: false }[String(of('padding'))];
  if (pads === undefined) return [];
  const before = (outputSize: number, stride: number, kernel: number, input: number): number =>
    pads ? Math.max(0, (outputSize - 1) * stride + kernel - input) >> 1 : 0;
  return [false, true].map((byColumns) => ({
    name: 'HalfnoteConvolution',
    attributes: [
      attr.int('stride_height', strideHeight),
      attr.int('stride_width', strideWidth),
      attr.int('pad_top', before(outputHeight, strideHeight, kernelHeight, height)),
      attr.int('pad_left', before(outputWidth, strideWidth, kernelWidth, width)),
      attr.int('output_height', outputHeight),
      attr.int('output_width', outputWidth),
      attr.bool('by_columns', byColumns),
      attr.bool('relu', relu),
    ],
  }));
}

function rowCalls(
  { attributes }: OpEntry,
  [row, matrix, bias]: Chain['types'],
  relu: boolean,
  lanes: number,
): OwnCall[] {
  const of = attributesOf(attributes);
  const [depth = 0, columns = 0] = matrix.shape.slice(-2);
  const fits =
    of('adj_x') !== true &&
    of('adj_y') !== true &&
    size(row) === depth &&
    size(matrix) === depth * columns &&
    size(bias) === columns &&
    bias.shape.length <= row.shape.length &&
    columns % lanes === 0;
  if (!fits) return [];
  return BLOCKS.map((block) => ({
    name: 'HalfnoteRow',
    attributes: [attr.int('block', block), attr.bool('relu', relu)],
  }));
}

function attributesOf(attributes: readonly OpAttribute[]): (name: string) => unknown {
  return (name) => attributes.find((one) => one.name === name)?.value;
}

function usersOf({ entries }: Tape): Map<number, OpEntry[]> {
  const users = new Map<number, OpEntry[]>();
  for (const entry of entries) {
    if (entry.kind === 'constant') continue;
    for (const ref of entry.refs) users.set(ref, [...(users.get(ref) ?? []), entry]);
  }
  return users;
}

function size({ shape }: TensorType): number {
  return shape.reduce((product, length) => product * length, 1);
}
