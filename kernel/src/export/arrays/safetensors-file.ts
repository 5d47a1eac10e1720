import { open, type FileHandle } from 'node:fs/promises';
import type * as tf from '@tensorflow/tfjs';
import { cannotRead } from './cannot-read';
import { headerLength, LENGTH_BYTES, parseHeader, type SafetensorsHeader } from './safetensors';
import { tensorOf } from './stored-array';

/** Node reads no more at once. */
const MOST_AT_ONCE = 2 ** 30;

/** A .safetensors file whose tensors are read one by one: of gigabytes, there is what is asked for. */
export class SafetensorsFile {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    /** By name, what the file says of each tensor. */
    readonly tensors: SafetensorsHeader['tensors'],
    readonly metadata: SafetensorsHeader['metadata'],
    private readonly dataStart: number,
  ) {}

  /** @throws HalfnoteError `cannot-read`, `invalid-array-file`, `unsupported-array-type`. */
  static async open(path: string): Promise<SafetensorsFile> {
    const handle = await open(path).catch(cannotRead(path));
    try {
      const { size } = await handle.stat();
      const read = (from: number, length: number): Promise<Buffer> =>
        bytesOf(handle, from, length).catch(cannotRead(path));
      const length = headerLength(await read(0, Math.min(LENGTH_BYTES, size)), size, path);
      const dataStart = LENGTH_BYTES + length;
      const raw = await read(LENGTH_BYTES, length);
      const { tensors, metadata } = parseHeader(raw.toString('utf8'), size - dataStart, path);
      return new SafetensorsFile(path, handle, tensors, metadata, dataStart);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /**
   * A tensor of the file: floats as float32, integers as int32. The backend must be there.
   * @throws HalfnoteError `cannot-read`, `array-out-of-range`.
   */
  async read(name: string): Promise<tf.Tensor> {
    const entry = this.tensors.get(name);
    if (entry === undefined) throw new Error(`${this.path} has no '${name}'`);
    const { type, shape, from, to } = entry;
    const bytes = await bytesOf(this.handle, this.dataStart + from, to - from).catch(
      cannotRead(this.path),
    );
    return tensorOf({ type, shape, bytes }, `'${name}'`);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

async function bytesOf(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length;) {
    const most = Math.min(length - at, MOST_AT_ONCE);
    const { bytesRead } = await handle.read(bytes, at, most, position + at);
    if (bytesRead === 0) throw new Error('it ended while it was read');
    at += bytesRead;
  }
  return bytes;
}
