import type { Tensor4D } from '@tensorflow/tfjs';
import { attr } from '../../backend/attributes';
import { bytesOf, DT, formatOf } from '../../backend/dtypes';
import {
  castHandle,
  createHandle,
  deleteHandles,
  handleOf,
  nativeDtype,
  rawOp1,
  tensorFromHandle,
} from '../../backend/raw';
import type { SequenceStore, StoredFormat } from './store';

const DTYPE: Readonly<Record<StoredFormat, number>> = {
  fp32: DT.float,
  bf16: DT.bfloat16,
  fp16: DT.half,
  e4m3: DT.float8E4M3FN,
  e5m2: DT.float8E5M2,
  uint8: DT.uint8,
};

type Shape = [batch: number, heads: number, length: number, width: number];

/**
 * Elements in one native tensor. Each append copies what was there: attention reads all of it for
 * every token anyway.
 */
export class NativeStore implements SequenceStore {
  private readonly dtype: number;
  private handle: number | undefined;
  private shape: Shape = [0, 0, 0, 0];

  constructor(format: StoredFormat) {
    this.dtype = DTYPE[format];
  }

  get length(): number {
    return this.shape[2];
  }

  get bytes(): number {
    return bytesOf(this.shape, this.dtype);
  }

  append(values: Tensor4D): void {
    const added = castHandle(handleOf(values), nativeDtype(values), this.dtype);
    const [batch, heads, more, width] = values.shape;
    const joined = this.handle === undefined ? added : this.concat(this.handle, added);
    if (this.handle !== undefined) deleteHandles(this.handle, added);
    this.handle = joined;
    this.shape = [batch, heads, this.length + more, width];
  }

  read(): Tensor4D {
    return this.tensor(this.held(), this.shape, true);
  }

  shift(count: number): Tensor4D {
    const whole = this.held();
    const [batch, heads, length, width] = this.shape;
    const first = this.slice(whole, 0, count);
    const taken = this.tensor(first, [batch, heads, count, width], false);
    this.handle = count === length ? undefined : this.slice(whole, count, length - count);
    this.shape = [batch, heads, length - count, width];
    deleteHandles(whole);
    return taken;
  }

  dispose(): void {
    if (this.handle !== undefined) deleteHandles(this.handle);
    this.handle = undefined;
    this.shape = [0, 0, 0, 0];
  }

  private held(): number {
    if (this.handle === undefined) throw new Error('the store is empty');
    return this.handle;
  }

  /** As a float tensor of tfjs: 16-bit floats as they are, narrower types widened. */
  private tensor(id: number, shape: Shape, keep: boolean): Tensor4D {
    const isFloat = formatOf(this.dtype) !== undefined;
    const own = isFloat && !keep;
    const out = own
      ? id
      : isFloat
        ? rawOp1('Identity', [attr.type('T', this.dtype)], [id])
        : castHandle(id, this.dtype, DT.float);
    if (!keep && !own) deleteHandles(id);
    return tensorFromHandle({ id: out, shape, dtype: isFloat ? this.dtype : DT.float }) as Tensor4D;
  }

  private concat(first: number, second: number): number {
    const axis = createHandle([], Int32Array.of(2));
    const joined = rawOp1(
      'ConcatV2',
      [attr.int('N', 2), attr.type('T', this.dtype), attr.type('Tidx', DT.int32)],
      [first, second, axis],
    );
    deleteHandles(axis);
    return joined;
  }

  /** `count` places from `start` on. */
  private slice(id: number, start: number, count: number): number {
    const begin = createHandle([4], Int32Array.of(0, 0, start, 0));
    const size = createHandle([4], Int32Array.of(-1, -1, count, -1));
    const part = rawOp1(
      'Slice',
      [attr.type('T', this.dtype), attr.type('Index', DT.int32)],
      [id, begin, size],
    );
    deleteHandles(begin, size);
    return part;
  }
}
