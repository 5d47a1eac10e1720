import { afterEach, describe, expect, it, vi } from 'vitest';
import { attr } from '../attributes';
import { DT } from '../dtypes';
import { kernelFor } from '../onednn-kernels';
import { external, type Entry, type OpEntry, type Tape, type TensorType } from './tape';
import { xlaTape } from './xla-tape';

afterEach(() => {
  vi.unstubAllEnvs();
});

const X: TensorType = { shape: [10], dtype: DT.float };
const ONE: TensorType = { shape: [1], dtype: DT.int32 };
const T = attr.type('T', DT.float);

function op(name: string, refs: number[], first: number, type = X, attributes = [T]): OpEntry {
  return { kind: 'op', name, attributes, refs, outputs: [type], first };
}
function integers(first: number, varies: boolean): Entry {
  return { kind: 'constant', type: ONE, data: Int32Array.of(3), varies, first };
}
function tape(...entries: Entry[]): Tape {
  const externals = [{ isResource: false, type: X }];
  return { entries, externals, dead: entries.map(() => false) };
}

/** A slice of input 0 from an offset that varies or not. */
const slice = (varies: boolean): Tape =>
  tape(
    integers(0, varies),
    integers(1, false),
    op('Slice', [external(0), 0, 1], 2, { ...X, shape: [3] }, [T, attr.type('Index', DT.int32)]),
  );
const opsOf = ({ entries }: Tape): OpEntry[] => entries.filter((entry) => entry.kind === 'op');

describe('a tape for XLA', () => {
  it('is the same where nothing varies', () => {
    expect(xlaTape(slice(false))).toEqual(slice(false));
  });

  it('hides integers that are fed, so that XLA compiles once for all of them', () => {
    const hidden = xlaTape(slice(true));
    const [zero, sum, cut] = opsOf(hidden);
    expect([zero?.name, sum?.name, cut?.name]).toEqual([
      'RandomUniformInt',
      'AddV2',
      'XlaDynamicSlice',
    ]);
    expect(sum?.refs).toEqual([0, zero?.first]);
    expect(cut?.refs).toEqual([external(0), sum?.first, 1]);
    expect(cut?.attributes).toEqual([T]);
    // Values keep their numbers; what was added is no output.
    expect(cut?.first).toBe(2);
    expect(hidden.dead.slice(0, 3)).toEqual([false, false, false]);
    expect(hidden.dead.slice(3).every(Boolean)).toBe(true);
  });

  it('has the ops of TensorFlow that kernels of oneDNN stand for', () => {
    const attributes = [T, attr.bool('adj_x', false), attr.bool('adj_y', true)];
    const shapes = [1, 1].map(() => [1, 1000, 1000]);
    const faster = kernelFor(
      { use: 'where faster', types: [DT.float] },
      { name: 'BatchMatMulV2', attributes },
      () => shapes,
    );
    expect(faster.name).toBe('_MklBatchMatMulV2');
    const [product] = opsOf(
      xlaTape(
        tape({ ...op(faster.name, [external(0), external(0)], 0), attributes: faster.attributes }),
      ),
    );
    expect(product).toMatchObject({ name: 'BatchMatMulV2', attributes });
  });

  it('is refused where oneDNN rounds the products of fp32 numbers', () => {
    vi.stubEnv('TF_SET_ONEDNN_FPMATH_MODE', 'BF16');
    expect(() => xlaTape(slice(false))).toThrow('rounds products');
  });

  it.each([
    [op('Cast', [external(0)], 0, { ...X, dtype: DT.bfloat16 }), 'roundings to bf16'],
    [op('Cast', [external(0)], 0, { ...X, dtype: DT.half }), 'roundings to fp16'],
    [op('Cast', [external(0)], 0, { ...X, dtype: DT.float8E4M3FN }), 'roundings to fp8'],
    [op('GatherNd', [external(0), external(0)], 0), 'GatherNd fails for some values'],
    [op('StatelessRandomUniform', [external(0)], 0), 'draws other numbers'],
    [op('NonMaxSuppressionV4', [external(0)], 0), 'pads with other numbers'],
  ])('is refused where XLA would compute something else (%#)', (entry, why) => {
    expect(() => xlaTape(tape(entry))).toThrow(why);
  });
});
