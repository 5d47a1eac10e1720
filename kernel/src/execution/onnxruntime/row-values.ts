import type { Tensor } from '@tensorflow/tfjs';
import { native } from '../../backend/binding';
import { DT } from '../../backend/dtypes';
import { hasNativeBackend } from '../../backend/load';
import { handleOf } from '../../backend/raw';
import type { Part } from '../parts';
import { SharedMemory } from './shared-memory';

export interface Floats {
  readonly values: Float32Array;
  readonly shape: number[];
}

/** What models take: int32 where they look whole numbers up. */
export type InputType = 'float32' | 'int32';

export interface InputValues {
  readonly values: Float32Array | Int32Array;
  readonly shape: number[];
}

/** Fewer bytes are copied sooner than shared. */
export const WORTH_SHARING = 2 ** 22;

/** For each of a model's inputs; models run one after the other. */
const memories: SharedMemory[] = [];

/** The rows of a tensor, a part at a time. */
export class InputRows {
  readonly #row: readonly number[];
  readonly #size: number;
  #all: InputValues['values'] | undefined;

  /** `index`: the place among the model's inputs, which are read at the same time. */
  constructor(
    private readonly tensor: Tensor,
    private readonly index: number,
    private readonly type: InputType,
  ) {
    this.#row = tensor.shape.slice(1);
    this.#size = sizeOf(this.#row);
  }

  /** Values that hold until the next part is read. */
  read(part: Part): InputValues {
    return { values: this.#values(part), shape: [part.count, ...this.#row] };
  }

  #values(part: Part): InputValues['values'] {
    const { tensor, type } = this;
    const length = part.count * this.#size;
    const isShared = type === 'float32' && isInTensorFlow(tensor);
    if (this.#all === undefined && 4 * length >= WORTH_SHARING && isShared) {
      const memory = (memories[this.index] ??= new SharedMemory());
      const values = memory.read(handleOf(tensor), this.#size, part);
      if (values !== undefined) return values;
    }
    this.#all ??= valuesOf(tensor, type);
    if (length === this.#all.length) return this.#all;
    return this.#all.subarray(part.start * this.#size, part.start * this.#size + length);
  }
}

/** Memory for an output, to be written part by part. */
export class OutputRows implements Floats {
  readonly values: Float32Array;

  constructor(readonly shape: number[]) {
    this.values = new Float32Array(sizeOf(shape));
  }

  part({ start, count }: Part): Floats {
    const row = this.shape.slice(1);
    const size = sizeOf(row);
    const values = this.values.subarray(start * size, (start + count) * size);
    return { values, shape: [count, ...row] };
  }
}

/**
 * Memory for `rows` of an output whose shape is open, negative, in the batch alone: where it takes
 * several parts, and where it is so large that ONNX Runtime is spared to copy it. Else undefined.
 */
export function outputRows(
  [batch = 0, ...row]: readonly number[],
  rows: number,
  parts: number,
): OutputRows | undefined {
  if (batch >= 0 || row.some((length) => length < 0)) return undefined;
  const isLarge = 4 * rows * sizeOf(row) >= WORTH_SHARING;
  return parts > 1 || isLarge ? new OutputRows([rows, ...row]) : undefined;
}

/** Whether a tensor's float32 values are TensorFlow's alone. */
function isInTensorFlow({ dataId }: Tensor): boolean {
  if (!hasNativeBackend()) return false;
  const { tensorMap } = native();
  const entry = tensorMap.has(dataId) ? tensorMap.get(dataId) : undefined;
  return entry?.dtype === DT.float && (entry.values ?? null) === null;
}

/** A tensor's values in a type: a copy, where they are not so in JavaScript. */
export function valuesOf(tensor: Tensor, type: InputType): InputValues['values'] {
  const data = tensor.dataSync();
  const Values = type === 'int32' ? Int32Array : Float32Array;
  return data instanceof Values ? data : Values.from(data);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
