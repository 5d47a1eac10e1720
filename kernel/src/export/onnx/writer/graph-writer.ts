import { HalfnoteError } from '../../../errors';
import type { GraphValue, ValueId } from '../../../models/model-graph';
import type { AffineParams } from '../../../integer/affine';
import { typeCode } from '../proto/attribute';
import { DEFAULT_OPSET, type Dimension, OnnxBuilder } from '../proto/builder';
import type { ElementType, FloatType } from '../proto/element-type';
import { float16Tensor, float32Tensor, type OnnxTensor, uint8Tensor } from '../proto/tensor';
import { OnnxFiniteRows } from './finite-rows';
import { MaskTable } from './mask-table';
import { ValueNames } from './value-names';
import {
  type Layout,
  otherLayout,
  permuted,
  product,
  toChannelsFirst,
  toChannelsLast,
} from './layout';

/** How weights of four bits are grouped. */
export interface BlockOptions {
  /** Inputs that share a scale: a power of two from 16. */
  readonly blockSize: number;
  /** Of ONNX Runtime: 0 unset, 1 fp32, 2 fp16, 3 bf16, 4 int8. */
  readonly accuracyLevel: number;
}

export interface WriterOptions {
  readonly values: ReadonlyMap<ValueId, GraphValue>;
  readonly float: FloatType;
  /** How float kernels of dense layers are written: as they are, or in blocks of four bits. */
  readonly dense: 'float' | 'blocks';
  readonly blocks: BlockOptions;
  /** Values that are integers between their nodes. */
  readonly ranges?: ReadonlyMap<ValueId, AffineParams>;
  /** Whether rows that aren't finite are to be kept out of the graph: see {@link OnnxFiniteRows}. */
  readonly finiteRows?: boolean;
  /** Of the file; the default of `exportOnnx` unless given. */
  readonly opset?: number;
}

const FP16_MAX = 65504;

/**
 * The ONNX graph that is being written, with a model's values in it. A value is at hand in the layout
 * in which it was made, and is transposed when first read in the other, so that a chain of
 * convolutions is transposed once at either end and nowhere between.
 */
export class GraphWriter {
  readonly onnx: OnnxBuilder;
  readonly dense: 'float' | 'blocks';
  readonly blocks: BlockOptions;
  /** The version of ONNX's operator set. */
  readonly opset: number;
  readonly #values: Map<ValueId, GraphValue>;
  readonly #ranges: ReadonlyMap<ValueId, AffineParams>;
  readonly #names = new ValueNames();
  #float: FloatType;
  /** Values whose first axis isn't the batch. */
  readonly #unbatched = new Set<ValueId>();
  readonly masks = new MaskTable();
  /** What needs to be known of the file, as sentences. */
  readonly notes: string[] = [];
  readonly #finiteRows: OnnxFiniteRows | undefined;
  #keepsFloat = false;
  readonly #shared = new Map<string, string>();

  constructor(options: WriterOptions, onnx = new OnnxBuilder()) {
    this.onnx = onnx;
    this.#float = options.float;
    this.dense = options.dense;
    this.blocks = options.blocks;
    this.opset = options.opset ?? DEFAULT_OPSET;
    this.#values = new Map(options.values);
    this.#ranges = options.ranges ?? new Map<ValueId, AffineParams>();
    this.#finiteRows = options.finiteRows === true ? new OnnxFiniteRows(onnx) : undefined;
  }

  /** The float type in which layers are written at the moment. */
  get float(): FloatType {
    return this.#float;
  }

  /** Writes in another float type; what it reads is cast where it isn't at hand. */
  inFloat<T>(float: FloatType, write: () => T): T {
    const before = this.#float;
    this.#float = float;
    try {
      return write();
    } finally {
      this.#float = before;
    }
  }

  /** The value's shape with the model's axes, null where open. */
  shape(id: ValueId): readonly (number | null)[] {
    return this.value(id).shape;
  }

  value(id: ValueId): GraphValue {
    const value = this.#values.get(id);
    if (value === undefined) throw new Error(`The graph has no value '${id}'`);
    return value;
  }

  /**
   * Makes a value known that the model's own graph doesn't have: a wrapped layer's input or output,
   * whose first axis is not the model's batch.
   */
  declare(value: GraphValue): void {
    this.#values.set(value.id, value);
    this.#unbatched.add(value.id);
  }

  /** A writer of the same floats into a graph inside this one. */
  inside(onnx: OnnxBuilder): GraphWriter {
    const { float, dense, blocks } = this;
    return new GraphWriter({ values: this.#values, float, dense, blocks }, onnx);
  }

  /**
   * Writes a product that stays in float, whatever it reads and is rounded to. ONNX Runtime would make
   * integers of its weights and bias (`WeightBiasQuantization`) where nothing but the product stands
   * between two quantizing nodes.
   */
  keepingFloat(emit: () => void): void {
    this.#keepsFloat = true;
    try {
      emit();
    } finally {
      this.#keepsFloat = false;
    }
  }

  /** The scale and zero point of a value that is an integer. */
  range(id: ValueId): AffineParams | undefined {
    return this.#ranges.get(id);
  }

  /** The element type that a value has inside the graph. */
  type(id: ValueId): ElementType {
    const { dtype } = this.value(id);
    if (dtype === 'int32') return 'int32';
    return dtype === 'bool' ? 'bool' : this.float;
  }

  input(id: ValueId): void {
    const { shape, dtype } = this.value(id);
    const given = this.onnx.input(id, fileType(dtype), dimensions(id, shape));
    const isFloat = fileType(dtype) === 'float32';
    const name = (isFloat && this.#finiteRows?.input(id, given, shape.length)) || given;
    this.inFloat('float32', () => {
      this.write(id, name);
    });
  }

  output(id: ValueId): void {
    const { shape, dtype } = this.value(id);
    const read = this.inFloat('float32', () => this.read(id));
    const isFloat = fileType(dtype) === 'float32';
    const value = (isFloat && this.#finiteRows?.output(id, read, shape.length)) || read;
    this.onnx.output(id, value, fileType(dtype), dimensions(id, shape));
  }

  /** The layout in which most of these values are at hand. */
  layoutOf(ids: readonly ValueId[]): Layout {
    const first = ids.filter((id) => this.#names.isIn(id, 'channels-first'));
    const model = ids.filter((id) => this.#names.isIn(id, 'model'));
    return first.length > model.length ? 'channels-first' : 'model';
  }

  /** The name of a value in a layout; a `Cast` or a `Transpose` makes it where it isn't at hand. */
  read(id: ValueId, layout: Layout = 'model'): string {
    const type = this.type(id);
    const name = this.#names.get(id, type, layout);
    if (name !== undefined) return name;
    const other = this.#names.get(id, type, otherLayout(layout));
    if (other === undefined) return this.#cast(id, layout);
    const rank = this.shape(id).length;
    const perm = layout === 'model' ? toChannelsLast(rank) : toChannelsFirst(rank);
    const [moved = ''] = this.onnx.node(id, 'Transpose', [other], { attributes: { perm } });
    this.write(id, moved, layout);
    return this.read(id, layout);
  }

  /** From the other float type, in the layout wanted where it is at hand in that. */
  #cast(id: ValueId, layout: Layout): string {
    const from = this.#float === 'float16' ? 'float32' : 'float16';
    const [found] = [layout, otherLayout(layout)].flatMap((at) => {
      const name = this.#names.get(id, from, at);
      return name === undefined ? [] : [{ name, at }];
    });
    if (found === undefined) throw new Error(`'${id}' is read before it is made`);
    const attributes = { to: typeCode(this.#float) };
    const [cast = ''] = this.onnx.node(id, 'Cast', [found.name], { attributes });
    this.write(id, cast, found.at);
    return this.read(id, layout);
  }

  /**
   * The value with its axes in another order, by one `Transpose` from the layout at hand, or by none.
   */
  transposed(id: ValueId, permutation: readonly number[], scope: string): string {
    const rank = permutation.length;
    const layout = this.layoutOf([id]);
    const axes = layout === 'model' ? permutation : permuted(toChannelsLast(rank), permutation);
    const name = this.read(id, layout);
    if (axes.every((axis, i) => axis === i)) return name;
    const [moved = ''] = this.onnx.node(scope, 'Transpose', [name], {
      attributes: { perm: [...axes] },
    });
    return moved;
  }

  /** Says what a value is called. One with a fixed range is rounded to its integers first. */
  write(id: ValueId, name: string, layout: Layout = 'model'): void {
    const range = this.#ranges.get(id);
    const kept = range === undefined ? name : this.#quantized(id, this.#apart(id, name), range);
    this.#names.set(id, this.type(id), layout, kept);
    const { shape } = this.value(id);
    const axes = layout === 'model' ? [...shape] : permuted(shape, toChannelsFirst(shape.length));
    const batch = this.#unbatched.has(id) ? null : 'batch';
    this.onnx.describe(kept, this.type(id), [axes[0] ?? batch, ...axes.slice(1)]);
  }

  /** The same value under another id, without a node. */
  alias(id: ValueId, of: ValueId): void {
    if (this.#ranges.has(id)) {
      const layout = this.layoutOf([of]);
      this.write(id, this.read(of, layout), layout);
    } else this.#names.alias(id, of);
  }

  /**
   * A float constant in the graph's float type.
   * @throws HalfnoteError `fp16-overflow` where fp16 has no such number.
   */
  constant(name: string, values: ArrayLike<number>, shape: readonly number[]): string {
    if (values.length !== product(shape)) {
      throw new Error(`${name}: ${values.length} values for [${shape.join(', ')}]`);
    }
    return this.onnx.constant(name, this.tensor(name, values, shape));
  }

  /** A float constant that is written once under its name, however often it is asked for. */
  shared(name: string, values: ArrayLike<number>, shape: readonly number[]): string {
    const known = this.#shared.get(name) ?? this.constant(name, values, shape);
    this.#shared.set(name, known);
    return known;
  }

  tensor(name: string, values: ArrayLike<number>, shape: readonly number[]): OnnxTensor {
    if (this.float === 'float32') return float32Tensor(values, shape);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0;
      // Infinity is a number of fp16, as NaN is.
      if (Number.isFinite(value) && Math.abs(value) > FP16_MAX) {
        throw new HalfnoteError(
          'fp16-overflow',
          `'${name}' has the value ${value}; fp16 ends at ${FP16_MAX}.`,
          "Export in 'fp32', or train with weight decay or a constraint that keeps weights small.",
        );
      }
    }
    return float16Tensor(values, shape);
  }

  /** `QuantizeLinear` and back: the pair by which ONNX says that a value is an integer. */
  #quantized(id: ValueId, name: string, range: AffineParams): string {
    const scale = this.onnx.constant(`${id}/scale`, this.tensor(id, [range.scale], []));
    const zeroPoint = this.onnx.constant(
      `${id}/zero_point`,
      uint8Tensor(Uint8Array.of(range.zeroPoint), []),
    );
    const [codes = ''] = this.onnx.node(id, 'QuantizeLinear', [name, scale, zeroPoint]);
    const [value = ''] = this.onnx.node(id, 'DequantizeLinear', [codes, scale, zeroPoint]);
    return value;
  }

  /** The same value behind a node that no fusion looks through: the larger of it and -Infinity. */
  #apart(id: ValueId, name: string): string {
    if (!this.#keepsFloat) return name;
    const least = this.constant(`${id}/least`, [-Infinity], []);
    return this.onnx.node(id, 'Max', [name, least])[0] ?? '';
  }
}

function fileType(dtype: string): ElementType {
  if (dtype === 'int32' || dtype === 'bool') return dtype;
  return 'float32';
}

/** Sizes with the batch's name; other open ones are named after the value. */
function dimensions(id: ValueId, shape: readonly (number | null)[]): Dimension[] {
  return shape.map((size, axis) => size ?? (axis === 0 ? 'batch' : `${id}_${axis}`));
}
