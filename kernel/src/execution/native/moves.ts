import { attr } from '../../backend/attributes';
import { DT } from '../../backend/dtypes';
import { deleteHandles, rawOp } from '../../backend/raw';
import type { OpAttribute } from '../../backend/contract';
import { HandleScope, withHandles } from '../../integer/handles';
import type { ConcatOp, MoveOp, PadOp, PoolOp } from '../../graph/quantized-graph';
import { moved } from '../float-nodes';
import { firstOf, type NodeKernel } from '../kernel';
import type { Codes, Value } from '../value';
import { reshapeCodes } from './codes';
import { padCodes } from './padding';

interface CodesResult {
  readonly kind: 'codes';
  readonly codes: Codes;
}

/** Nodes that work on codes as they are, since inputs and output share scale and zero point. */
abstract class CodesNode implements NodeKernel {
  readonly engine = 'tensorflow' as const;
  readonly execution = 'native' as const;
  readonly weightBytes = 0;
  readonly reason: string = 'codes as they are: one scale in and out';
  abstract readonly kernel: string;

  run(inputs: readonly Value[]): CodesResult {
    return { kind: 'codes', codes: withHandles((scope) => this.compute(inputs, scope)) };
  }

  protected abstract compute(inputs: readonly Value[], scope: HandleScope): Codes;

  dispose(): void {
    // No constants.
  }
}

export class CodesMove extends CodesNode {
  readonly kernel = 'Reshape (u8)';

  constructor(private readonly op: MoveOp) {
    super();
  }

  protected compute(inputs: readonly Value[], scope: HandleScope): Codes {
    const codes = firstOf(inputs).codes();
    const shape = moved(codes.shape, this.op);
    return { id: reshapeCodes(codes.id, shape, scope), shape };
  }
}

export class CodesConcat extends CodesNode {
  readonly kernel = 'ConcatV2 (u8)';

  constructor(private readonly op: ConcatOp) {
    super();
  }

  protected compute(inputs: readonly Value[], scope: HandleScope): Codes {
    const codes = inputs.map((input) => input.codes());
    const [first] = codes;
    const rank = first?.shape.length ?? 0;
    const axis = scope.int(this.op.axis < 0 ? this.op.axis + rank : this.op.axis);
    const [out] = rawOp(
      'ConcatV2',
      [...CONCAT, attr.int('N', codes.length)],
      [...codes.map(({ id }) => id), axis],
    );
    if (out === undefined) throw new Error('ConcatV2 returned nothing');
    return { id: out.id, shape: out.shape };
  }
}

/** Zeros around images: the code of real 0. */
export class CodesPad extends CodesNode {
  readonly kernel = 'PadV2 (u8)';
  readonly #scope = new HandleScope();
  readonly #amounts: number;
  readonly #zero: number;

  constructor(
    private readonly op: PadOp,
    zeroPoint: number,
  ) {
    super();
    this.#amounts = this.#scope.ints([4, 2], Int32Array.of(0, 0, ...op.rows, ...op.columns, 0, 0));
    this.#zero = this.#scope.byte(zeroPoint);
  }

  protected compute(inputs: readonly Value[]): Codes {
    const { id, shape } = firstOf(inputs).codes();
    const [batch = 0, height = 0, width = 0, channels = 0] = shape;
    const { rows, columns } = this.op;
    return {
      id: padCodes(id, this.#amounts, this.#zero),
      shape: [batch, height + rows[0] + rows[1], width + columns[0] + columns[1], channels],
    };
  }

  override dispose(): void {
    this.#scope.dispose();
  }
}

const CONCAT = [attr.type('T', DT.quint8), attr.type('Tidx', DT.int32)];

const POOLS = {
  'max-pool': '_MklQuantizedMaxPool',
  'average-pool': '_MklQuantizedAvgPool',
} as const;

/** Max pooling picks codes; average pooling rounds their mean to the nearest, ties to even. */
export class CodesPool extends CodesNode {
  readonly kernel: string;
  readonly #scope = new HandleScope();
  readonly #range: readonly [number, number];

  constructor(
    private readonly op: PoolOp,
    /** Of the output's shape: 2 where a global pooling drops height and width. */
    private readonly rank: number,
  ) {
    super();
    this.kernel = `${POOLS[op.kind]} (u8)`;
    // Handed on by the kernel, and not used.
    this.#range = [this.#scope.float(0), this.#scope.float(255)];
  }

  protected compute(inputs: readonly Value[], scope: HandleScope): Codes {
    const { id, shape } = firstOf(inputs).codes();
    const [batch = 0, height = 1, width = 1, channels = 0] = shape;
    const window = this.op.window;
    const attributes =
      window === 'global'
        ? pooling([height, width], [1, 1], 'valid')
        : pooling(window.size, window.strides, window.padding);
    const [out, low, high] = rawOp(POOLS[this.op.kind], attributes, [id, ...this.#range], 3);
    if (out === undefined || low === undefined || high === undefined) {
      throw new Error(`${this.kernel} returned nothing`);
    }
    deleteHandles(low.id, high.id);
    if (this.rank === 4) return { id: out.id, shape: out.shape };
    const flat = [batch, channels];
    return { id: reshapeCodes(scope.own(out.id), flat, scope), shape: flat };
  }

  override dispose(): void {
    this.#scope.dispose();
  }
}

function pooling(
  size: readonly [number, number],
  strides: readonly [number, number],
  padding: 'same' | 'valid',
): readonly OpAttribute[] {
  return [
    attr.type('T', DT.quint8),
    attr.int('ksize', [1, ...size, 1]),
    attr.int('strides', [1, ...strides, 1]),
    attr.string('padding', padding.toUpperCase()),
    attr.string('_kernel', 'QuantizedMklOp'),
  ];
}
