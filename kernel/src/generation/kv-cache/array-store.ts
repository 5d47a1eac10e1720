import * as tf from '@tensorflow/tfjs';
import type { Tensor4D } from '@tensorflow/tfjs';
import { decodeArray, encodeArray } from '../../formats/arrays';
import { FORMATS } from '../../formats/table';
import type { SequenceStore, StoredFormat } from './store';

type Elements = Float32Array | Uint16Array | Uint8Array;

/** Elements in one typed array: for backends that store fp32 only. */
export class ArrayStore implements SequenceStore {
  private elements: Elements | undefined;
  private shape: [batch: number, heads: number, length: number, width: number] = [0, 0, 0, 0];

  constructor(private readonly format: StoredFormat) {}

  get length(): number {
    return this.shape[2];
  }

  get bytes(): number {
    return this.elements?.byteLength ?? 0;
  }

  append(values: Tensor4D): void {
    const [batch, heads, more, width] = values.shape;
    const added = encoded(this.format, values.dataSync<'float32'>());
    const before = this.length * width;
    const after = more * width;
    const all = like(added, batch * heads * (before + after));
    for (let row = 0; row < batch * heads; row++) {
      const start = row * (before + after);
      const old = this.elements?.subarray(row * before, (row + 1) * before);
      if (old !== undefined) all.set(old, start);
      all.set(added.subarray(row * after, (row + 1) * after), start + before);
    }
    this.elements = all;
    this.shape = [batch, heads, this.length + more, width];
  }

  read(): Tensor4D {
    if (this.elements === undefined) throw new Error('the store is empty');
    return tf.tensor4d(decoded(this.format, this.elements), this.shape);
  }

  shift(count: number): Tensor4D {
    const [batch, heads, length, width] = this.shape;
    return tf.tidy(() => {
      const all = this.read();
      this.dispose();
      if (count < length) {
        this.append(tf.slice(all, [0, 0, count, 0], [batch, heads, length - count, width]));
      }
      return tf.slice(all, [0, 0, 0, 0], [batch, heads, count, width]);
    });
  }

  dispose(): void {
    this.elements = undefined;
    this.shape = [0, 0, 0, 0];
  }
}

function encoded(format: StoredFormat, values: Float32Array): Elements {
  switch (format) {
    case 'fp32':
      return values.slice();
    case 'uint8':
      return Uint8Array.from(values);
    case 'bf16':
    case 'fp16':
    case 'e4m3':
    case 'e5m2':
      return encodeArray(FORMATS[format], values) as Uint16Array | Uint8Array;
  }
}

function decoded(format: StoredFormat, elements: Elements): Float32Array {
  switch (format) {
    case 'fp32':
      return (elements as Float32Array).slice();
    case 'uint8':
      return Float32Array.from(elements);
    case 'bf16':
    case 'fp16':
    case 'e4m3':
    case 'e5m2':
      return decodeArray(FORMATS[format], elements as Uint16Array | Uint8Array);
  }
}

function like(elements: Elements, length: number): Elements {
  if (elements instanceof Float32Array) return new Float32Array(length);
  return elements instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
}
