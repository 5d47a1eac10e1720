import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../../start';
import { attr } from '../../attributes';
import { native } from '../../binding';
import { DT } from '../../dtypes';
import type { FunctionBinding } from '../functions';
import { OpList } from '../op-list';
import { AS_WRITTEN, buildProgram, type Program } from '../program';
import { chance } from '../random-program.fixture';
import { stepGraph } from '../step-graph';
import { external, type Entry, type OpEntry, type Tape, type TensorType } from '../tape';
import { broadcastTo, sizeOf } from './broadcast';
import { FUSED_SWITCH, fusedOpsOf } from './exact';
import { ELEMENTWISE, fuse } from './fusion';
import { FUSED_OPS, type FusedOp } from './opcodes';
import { EDGES, PROBED, probeValues } from './probe-values';

process.env['HALFNOTE_ONE_PROGRAM'] = 'off';

const PROGRAMS = Number(process.env['HALFNOTE_FUZZ_PROGRAMS'] ?? 150);
const SEED = Number(process.env['HALFNOTE_FUZZ_SEED'] ?? 1);

/** How often the second series of values to try repeats an edge. */
const EDGE_RUN = EDGES.length;

let binding: FunctionBinding;
let ops: OpList;
let exact: readonly FusedOp[];

beforeAll(() => {
  loadBackend();
  binding = native().binding as FunctionBinding;
  ops = new OpList(binding.opList());
  exact = fusedOpsOf(binding, AS_WRITTEN);
});

const float = (...shape: number[]): TensorType => ({ shape, dtype: DT.float });

/** A tape of ops, of which the inputs are tensors of these types. */
class TapeWriter {
  readonly entries: Entry[] = [];
  readonly types: TensorType[] = [];

  constructor(readonly inputs: readonly TensorType[]) {}

  typeOf(ref: number): TensorType {
    return (ref < 0 ? this.inputs[(-1 - ref) / 2] : this.types[ref]) ?? float();
  }

  op(name: string, refs: readonly number[], type: TensorType, attributes: OpEntry['attributes']) {
    this.entries.push({
      kind: 'op',
      name,
      attributes,
      refs,
      outputs: [type],
      first: this.types.length,
    });
    return this.value(type);
  }

  whole(values: readonly number[]): number {
    const type = { shape: [values.length], dtype: DT.int32 };
    const first = this.types.length;
    this.entries.push({
      kind: 'constant',
      type,
      data: Int32Array.from(values),
      varies: false,
      first,
    });
    return this.value(type);
  }

  /** Its values die within the segment, but for those that `lives` names. */
  tape(lives: ReadonlySet<number>): Tape {
    return {
      entries: this.entries,
      externals: this.inputs.map((type) => ({ isResource: false, type })),
      dead: this.types.map((_, value) => !lives.has(value)),
    };
  }

  private value(type: TensorType): number {
    return this.types.push(type) - 1;
  }
}

/** The bits of what a tape leaves, from its ops one by one or fused. */
function run(tape: Tape, data: readonly Float32Array[], fused: boolean): Uint32Array[] {
  let program: Program;
  if (!fused) process.env[FUSED_SWITCH] = 'off';
  try {
    program = buildProgram(binding, ops, tape);
  } finally {
    Reflect.deleteProperty(process.env, FUSED_SWITCH);
  }
  const ids = tape.externals.map(({ type }, i) =>
    binding.createTensor(type.shape, type.dtype, data[i]),
  );
  const outputs = binding.runFunction(
    program.functionName,
    AS_WRITTEN,
    program.feeds.map((feed) => (feed.kind === 'external' ? (ids[feed.slot] ?? -1) : -1)),
    program.outputValues.length,
  );
  const bits = outputs.map((id) => {
    const { buffer, byteOffset, byteLength } = binding.tensorDataSync(id);
    return new Uint32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  });
  for (const id of [...ids, ...outputs]) binding.deleteTensor(id);
  binding.removeFunction(program.functionName);
  return bits;
}

function expectSameBits(tape: Tape, data: readonly Float32Array[], what: unknown): void {
  const alone = run(tape, data, false);
  const fused = run(tape, data, true);
  expect(fused.length).toBe(alone.length);
  alone.forEach((bits, i) => {
    const at = bits.findIndex((one, k) => one !== fused[i]?.[k]);
    const hex = (all: Uint32Array | undefined): string | undefined => all?.[at]?.toString(16);
    expect([what, i, at, hex(fused[i])]).toEqual([what, i, at, hex(bits)]);
  });
}

const typesOf = ({ name, from, to }: FusedOp): OpEntry['attributes'] =>
  name === 'Cast' ? [attr.type('SrcT', from[0] ?? to), attr.type('DstT', to)] : [];

const cast = (from: number, to: number): OpEntry['attributes'] => [
  attr.type('SrcT', from),
  attr.type('DstT', to),
];

const RESULTS = [[4, 24, 16], [96, 16], [1536], [7, 5, 3], [2, 3, 1], [1], [], [0, 4]];

/** Ops at random on values of one size, some of them broadcast, reshaped, cast, transposed, summed up. */
function randomTape(seed: number): { tape: Tape; data: Float32Array[] } {
  const draw = chance(seed);
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)] as T;
  const result = pick(RESULTS);
  const size = sizeOf(result);
  const subsets = [result, result.slice(1), result.map((n, i) => (i === draw(3) ? 1 : n)), [], [1]];
  const inputs = Array.from({ length: 5 }, (_, i) => float(...(i < 2 ? result : pick(subsets))));
  const writer = new TapeWriter(inputs);
  let live = inputs.map((_, i) => external(i));
  for (let i = 4 + draw(30); i > 0; i--) live = [...live, step()];
  const values = writer.types.flatMap((type, value) => (type.dtype === DT.float ? [value] : []));
  const lives = new Set(values.filter((value) => value === values.at(-1) || draw(6) === 0));
  return {
    tape: writer.tape(lives),
    data: inputs.map(({ shape }, i) => {
      const from = probeValues(i % 2 === 0 ? 1 : 2);
      const start = draw(4) === 0 ? 0 : PROBED / 2 + draw(PROBED / 2 - 1600);
      return from.slice(start, start + sizeOf(shape));
    }),
  };

  function step(): number {
    const kind = draw(10);
    const whole = live.filter((ref) => sizeOf(writer.typeOf(ref).shape) === size);
    const a = pick(kind < 2 ? whole : live);
    const { shape, dtype } = writer.typeOf(a);
    if (kind === 0) {
      const target = pick([[size], [1, size], shape, [...shape, 1]]);
      return writer.op('Reshape', [a, writer.whole(target)], { shape: target, dtype }, [
        attr.type('Tshape', DT.int32),
      ]);
    }
    if (kind === 1 && shape.length > 0 && dtype === DT.float) {
      const type = float(...shape.slice(0, -1), 1);
      return writer.op('Sum', [a, writer.whole([shape.length - 1])], type, [
        attr.bool('keep_dims', true),
        attr.type('Tidx', DT.int32),
      ]);
    }
    const op = pick(FUSED_OPS.filter((one) => one.from[0] === dtype));
    if (op.from.length === 1) return writer.op(op.name, [a], { shape, dtype: op.to }, typesOf(op));
    const partners = live.flatMap((b) => {
      const other = writer.typeOf(b);
      if (other.dtype !== dtype) return [];
      if (broadcastTo(other.shape, shape)) return [{ refs: [a, b], shape }];
      return broadcastTo(shape, other.shape) ? [{ refs: [b, a], shape: other.shape }] : [];
    });
    const { refs, shape: target } = pick(partners);
    const order = draw(2) === 0 ? refs : [...refs].reverse();
    return writer.op(op.name, order, { shape: target, dtype: op.to }, typesOf(op));
  }
}

describe('fused kernels', () => {
  it('are there, and give the bits of TensorFlow for arithmetic', () => {
    const names = exact.filter(({ to }) => to === DT.float).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['Add', 'Sub', 'Mul', 'RealDiv', 'Square']));
  });

  it('are not used for an op that rounds in another way', () => {
    const without = exact.filter(({ name }) => name !== 'Mul');
    const tape = gelu([32]);
    const { groupOf } = fuse(tape, without, new Set());
    const names = [...groupOf.keys()].map((place) => (tape.entries[place] as OpEntry).name);
    expect(names.length).toBeGreaterThan(0);
    expect(names).not.toContain('Mul');
  });

  it('do a chain in one node, with what is needed later as further outputs', () => {
    const { definition, results } = stepGraph(gelu([8, 32]), ops, exact);
    expect(definition.includes(ELEMENTWISE)).toBe(true);
    expect(results.filter(({ op }) => op === ELEMENTWISE).length).toBe(2);
    expect(results.some(({ op }) => op === 'Mul')).toBe(false);
  });

  it('give the same bits for any two numbers of all kinds, whatever is broadcast', () => {
    const rows = 64;
    const full = float(rows, PROBED / rows);
    const shapes = [full, float(PROBED / rows), float(rows, 1), float(), float(1, 1)];
    const both = [probeValues(1), probeValues(2)];
    const rotated = (all: Float32Array, by: number): Float32Array =>
      Float32Array.of(...all.subarray(by), ...all.subarray(0, by));
    for (const op of exact) {
      const [dtype = DT.float] = op.from;
      for (const other of op.from.length === 1 ? [full] : shapes) {
        for (const flipped of op.from.length === 1 ? [false] : [false, true]) {
          const tape = oneOpTwice(op, dtype, [full, other], flipped);
          // A number or a row begins with 0, an infinity, a NaN, one of another sign.
          for (const start of [0, 4 * EDGE_RUN, 6 * EDGE_RUN, 9 * EDGE_RUN + 3]) {
            const [first, second] = both.map((all) => rotated(all, start));
            const given = [first, second?.slice(0, sizeOf(other.shape))] as Float32Array[];
            expectSameBits(tape, given, [op.name, dtype, other.shape, flipped, start]);
          }
        }
      }
    }
  });

  it(`give the same bits in random programs (${PROGRAMS} from seed ${SEED})`, () => {
    let fused = 0;
    for (let i = 0; i < PROGRAMS; i++) {
      const seed = SEED * 100_000 + i;
      const { tape, data } = randomTape(seed);
      fused += fuse(tape, exact, new Set()).groupOf.size;
      expectSameBits(tape, data, seed);
    }
    expect(fused).toBeGreaterThan(PROGRAMS * 3);
  });

  /** GELU and its derivative's factor, of which the former lives. */
  function gelu(shape: number[]): Tape {
    const type = float(...shape);
    const writer = new TapeWriter([type, float()]);
    const [x, c] = [external(0), external(1)];
    const inner = writer.op('Mul', [x, c], type, []);
    const erf = writer.op('Erf', [inner], type, []);
    const half = writer.op('Add', [erf, c], type, []);
    const y = writer.op('Mul', [x, half], type, []);
    const slope = writer.op('Add', [half, x], type, []);
    return writer.tape(new Set([y, slope]));
  }

  /** An op, and what makes it worth fusing: the same with its result, or a cast to float and back. */
  function oneOpTwice(
    op: FusedOp,
    dtype: number,
    [full, other]: readonly [TensorType, TensorType],
    flipped: boolean,
  ): Tape {
    const writer = new TapeWriter([full, other]);
    const given = [full, other].slice(0, op.from.length).map(({ shape }, i) => {
      if (dtype === DT.float) return external(i);
      return writer.op('Cast', [external(i)], { shape, dtype }, cast(DT.float, dtype));
    });
    const refs = flipped ? [...given].reverse() : given;
    let last = writer.op(op.name, refs, { shape: full.shape, dtype: op.to }, typesOf(op));
    if (op.to !== DT.float) {
      last = writer.op('Cast', [last], full, cast(op.to, DT.float));
    }
    const lives = new Set([last]);
    lives.add(writer.op('Neg', [last], full, []));
    return writer.tape(lives);
  }
});
