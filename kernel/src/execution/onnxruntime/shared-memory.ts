import { attr } from '../../backend/attributes';
import { DT } from '../../backend/dtypes';
import { createHandle, deleteHandles, rawOp1 } from '../../backend/raw';
import { HandleScope, withHandles } from '../../integer/handles';
import { type Part, PART_BYTES } from '../parts';

/** TensorFlow shares memory that starts at a multiple of this many bytes, and copies all other. */
const ALIGNMENT = 64;
/** Arrays start at a multiple of this many. */
const STEP = 16;
/** Views of the same memory, one for each length. */
const MOST_HANDLES = 64;

/**
 * Memory that TensorFlow and JavaScript both see, for values to go from one to the other. It is used
 * again and again: the binding's own way makes a new array each time, of pages that the system has to
 * find and clear first.
 */
export class SharedMemory {
  #array = new Float32Array(0);
  #scope = new HandleScope();
  readonly #handles = new Map<number, number>();
  #isRefused = false;

  /**
   * Rows of a float32 handle, until others are read. Undefined where TensorFlow doesn't share the
   * memory, and for too much of it to keep.
   */
  read(id: number, rowSize: number, { start, count }: Part): Float32Array | undefined {
    const length = rowSize * count;
    const own = this.#handleOf(length);
    if (own === undefined) return undefined;
    withHandles((scope) => {
      const rows = scope.own(reshape(id, [-1, rowSize], scope));
      const begin = scope.ints([2], Int32Array.of(start, 0));
      const size = scope.ints([2], Int32Array.of(count, rowSize));
      const part = scope.own(rawOp1('Slice', SLICE, [rows, begin, size]));
      update(own, scope.own(reshape(part, [1, length], scope)), scope);
    });
    return this.#array.subarray(0, length);
  }

  /** Of shape `[1, length]`. Undefined where TensorFlow doesn't share the memory. */
  #handleOf(length: number): number | undefined {
    if (this.#isRefused || 4 * length > PART_BYTES) return undefined;
    const known = this.#handles.get(length);
    if (known !== undefined) return known;
    if (this.#handles.size >= MOST_HANDLES) this.dispose();
    const handle =
      length <= this.#array.length ? this.#share(this.#array, length) : this.#grow(length);
    this.#isRefused = handle === undefined;
    if (handle === undefined) this.dispose();
    else this.#handles.set(length, handle);
    return handle;
  }

  /** Where in its memory an array has to start is found by trying. */
  #grow(length: number): number | undefined {
    this.dispose();
    const buffer = new ArrayBuffer(4 * length + ALIGNMENT);
    for (let offset = 0; offset < ALIGNMENT; offset += STEP) {
      this.#array = new Float32Array(buffer, offset, length);
      const handle = this.#share(this.#array, length);
      if (handle !== undefined) return handle;
    }
    return undefined;
  }

  #share(array: Float32Array, length: number): number | undefined {
    const handle = createHandle([1, length], array.subarray(0, length));
    if (this.#isShared(handle, length)) return this.#scope.own(handle);
    deleteHandles(handle);
    return undefined;
  }

  /** Whether what TensorFlow writes behind the handle arrives in the array. */
  #isShared(handle: number, length: number): boolean {
    const mark = this.#array[0] === 1 ? 2 : 1;
    withHandles((scope) => {
      const marks = scope.own(createHandle([1, length], new Float32Array(length).fill(mark)));
      update(handle, marks, scope);
    });
    return this.#array[0] === mark && this.#array[length - 1] === mark;
  }

  dispose(): void {
    this.#scope.dispose();
    this.#handles.clear();
    this.#array = new Float32Array(0);
  }
}

/** Writes in place: unlike other ops, `InplaceUpdate` does so whoever else has the memory. */
function update(id: number, values: number, scope: HandleScope): void {
  scope.own(rawOp1('InplaceUpdate', FLOAT, [id, scope.ints([1], Int32Array.of(0)), values]));
}

function reshape(id: number, shape: readonly number[], scope: HandleScope): number {
  return rawOp1('Reshape', RESHAPE, [id, scope.ints([shape.length], Int32Array.from(shape))]);
}

const FLOAT = [attr.type('T', DT.float)];
const RESHAPE = [...FLOAT, attr.type('Tshape', DT.int32)];
const SLICE = [...FLOAT, attr.type('Index', DT.int32)];
