import { attr } from '../attributes';
import type { OpAttribute } from '../contract';
import { DT } from '../dtypes';
import { plainKernel } from '../onednn-kernels';
import { mayFail } from './fallible-ops';
import { COMPARED } from './recorder';
import {
  external,
  type ConstantData,
  type Entry,
  type OpEntry,
  type Tape,
  type TensorType,
} from './tape';

/** Between conversions to these and back XLA computes in fp32, as if nothing had been rounded. */
const ROUNDED: Readonly<Record<number, string>> = {
  [DT.bfloat16]: 'bf16',
  [DT.half]: 'fp16',
  [DT.float8E4M3FN]: 'fp8',
  [DT.float8E5M2]: 'fp8',
};

/** With `BF16` oneDNN's products of fp32 numbers are bf16's. */
const PRODUCTS = 'TF_SET_ONEDNN_FPMATH_MODE';

/** TensorFlow's kernels and XLA's draw other numbers of the same seed. */
const DRAWS = /^(?:Stateless|Random|Multinomial|TruncatedNormal|ParameterizedTruncatedNormal)/;

/** What follows the boxes that it finds. */
const PADS = 'NonMaxSuppression';

const SCALAR: TensorType = { shape: [], dtype: DT.int32 };

/**
 * A tape as XLA is to have it: values, inputs and results are the same, ops are such as XLA has.
 *
 * XLA compiles anew for each value of an input that it takes for a shape, an axis or an offset. So that it
 * never does, integers that are fed are hidden from it: where it has to know one, it refuses instead.
 *
 * @throws Error that says why XLA would compute something else.
 */
export function xlaTape(tape: Tape): Tape {
  const why = hindrance(tape);
  if (why !== undefined) throw new Error(why);
  return new Hidden(tape).result();
}

function hindrance({ entries, externals }: Tape): string | undefined {
  if (process.env[PRODUCTS] === 'BF16') return `${PRODUCTS} rounds products, which XLA doesn't`;
  const types = [
    ...externals.map(({ type }) => type),
    ...entries.flatMap((entry) => (entry.kind === 'op' ? entry.outputs : [entry.type])),
  ];
  const format = types.map(({ dtype }) => ROUNDED[dtype]).find((name) => name !== undefined);
  if (format !== undefined) return `XLA would leave out roundings to ${format}`;
  const ops = entries.filter((entry) => entry.kind === 'op');
  const fallible = ops.find(mayFail);
  if (fallible !== undefined) return `${fallible.name} fails for some values, which XLA never does`;
  const draws = ops.find(({ name }) => DRAWS.test(name));
  if (draws !== undefined) return `${draws.name} draws other numbers under XLA`;
  const padded = ops.find(({ name }) => name.startsWith(PADS));
  return padded && `${padded.name} pads with other numbers under XLA`;
}

/** Adds a zero that XLA can't foresee to each integer that is fed. */
class Hidden {
  private readonly entries: Entry[] = [];
  private readonly dead: boolean[];
  /** What an input is to be read as, by reference. */
  private readonly standIn = new Map<number, number>();
  private zero: number | undefined;

  constructor(private readonly tape: Tape) {
    this.dead = [...tape.dead];
  }

  result(): Tape {
    const { entries, externals } = this.tape;
    externals.forEach(({ isResource, type }, slot) => {
      if (!isResource) this.hide(external(slot), type);
    });
    for (const entry of entries) {
      this.entries.push(entry.kind === 'op' ? this.forXla(entry) : entry);
      if (entry.kind === 'constant' && entry.varies) this.hide(entry.first, entry.type);
    }
    return { entries: this.entries, externals, dead: this.dead };
  }

  private forXla(entry: OpEntry): OpEntry {
    const refs = entry.refs.map((ref) => this.standIn.get(ref) ?? ref);
    const begin = entry.refs[1] ?? NaN;
    if (entry.name === 'Slice' && this.standIn.has(begin)) {
      const attributes = entry.attributes.filter(({ name }) => name === 'T');
      return { ...entry, refs, name: 'XlaDynamicSlice', attributes };
    }
    return { ...entry, ...plainKernel(entry), refs };
  }

  private hide(ref: number, type: TensorType): void {
    const size = type.shape.reduce((product, length) => product * length, 1);
    if (type.dtype !== DT.int32 || size > COMPARED) return;
    this.zero ??= this.unforeseenZero();
    this.standIn.set(ref, this.op('AddV2', [attr.type('T', DT.int32)], [ref, this.zero], type));
  }

  /** Of the whole numbers from 0 to below 1, one at random. */
  private unforeseenZero(): number {
    const shape = this.constant({ shape: [0], dtype: DT.int32 }, new Int32Array(0));
    const [from, to] = [0, 1].map((bound) => this.constant(SCALAR, Int32Array.of(bound)));
    const types = [attr.type('T', DT.int32), attr.type('Tout', DT.int32)];
    return this.op('RandomUniformInt', types, [shape, from ?? -1, to ?? -1], SCALAR);
  }

  private constant(type: TensorType, data: ConstantData): number {
    const first = this.value();
    this.entries.push({ kind: 'constant', type, data, varies: false, first });
    return first;
  }

  private op(
    name: string,
    attributes: readonly OpAttribute[],
    refs: readonly number[],
    type: TensorType,
  ): number {
    const first = this.value();
    this.entries.push({ kind: 'op', name, attributes, refs, outputs: [type], first });
    return first;
  }

  private value(): number {
    return this.dead.push(true) - 1;
  }
}
