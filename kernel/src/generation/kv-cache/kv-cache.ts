import * as tf from '@tensorflow/tfjs';
import type { Tensor4D } from '@tensorflow/tfjs';
import type { BlockFormatId } from '../../formats/blocks';
import { limits } from '../../formats/limits';
import { decodeHeads, encodeHeads, scalesAs } from './block-codes';
import { dequantizeGroups, quantizeGroups } from './codes';
import {
  kvLayout,
  type KvCacheOptions,
  type KvFormat,
  type QuantizedLayout,
  type SideLayout,
} from './layout';
import { sequenceStore } from './sequence-store';
import type { SequenceStore } from './store';

/** The keys, or the values, of one layer's earlier tokens. */
interface Side {
  readonly bytes: number;
  append(x: Tensor4D): void;
  read(): Tensor4D;
  dispose(): void;
}

/**
 * Keys and values of one attention layer's earlier tokens. What is appended is converted at once: also
 * the newest token is read back as it is kept. Reading widens to floats, for products in fp32.
 */
export class LayerKvCache {
  private readonly keys: Side;
  private readonly values: Side;

  constructor(cache: KvFormat | KvCacheOptions, headDim: number) {
    const layout = kvLayout(cache, headDim);
    this.keys = sideOf(layout.keys, headDim);
    this.values = sideOf(layout.values, headDim);
  }

  /** Bytes that are really held: codes, scales, zero points, and tokens still in fp32. */
  get bytes(): number {
    return this.keys.bytes + this.values.bytes;
  }

  /** @param keys, values [batch, heads, new tokens, headDim] */
  append(keys: Tensor4D, values: Tensor4D): void {
    this.keys.append(keys);
    this.values.append(values);
  }

  /** Keys and values of all tokens, [batch, heads, tokens, headDim] each. */
  read(): readonly [keys: Tensor4D, values: Tensor4D] {
    return [this.keys.read(), this.values.read()];
  }

  dispose(): void {
    this.keys.dispose();
    this.values.dispose();
  }
}

function sideOf(layout: SideLayout, width: number): Side {
  if (layout.kind === 'codes') {
    const step = layout.along === 'tokens' ? layout.group : 1;
    return withNewest(new GroupedSide(layout, width), layout.residual, step);
  }
  if (layout.kind === 'blocks') {
    return withNewest(new BlockSide(layout.format, width), layout.residual, 1);
  }
  const { stored } = layout;
  return stored === 'e4m3' || stored === 'e5m2'
    ? new SaturatingSide(stored)
    : sequenceStore(stored);
}

function withNewest(side: Coded, residual: number, step: number): Side {
  return residual === 0 && step === 1 ? side : new NewestInFloat(side, residual, step);
}

/** What is beyond FP8's range would become NaN in E4M3, and infinite in E5M2. */
class SaturatingSide implements Side {
  private readonly store: SequenceStore;
  private readonly max: number;

  constructor(format: 'e4m3' | 'e5m2') {
    this.store = sequenceStore(format);
    this.max = limits(format).max;
  }

  get bytes(): number {
    return this.store.bytes;
  }

  append(x: Tensor4D): void {
    const clipped = tf.clipByValue(x, -this.max, this.max);
    this.store.append(clipped);
    clipped.dispose();
  }

  read(): Tensor4D {
    return this.store.read();
  }

  dispose(): void {
    this.store.dispose();
  }
}

/** What keeps tokens as codes, as many at a time as belong together. */
interface Coded extends Side {
  /** Tokens. */
  readonly length: number;
}

/** Codes of the older tokens; the newest in fp32 until they are as many as belong together. */
class NewestInFloat implements Side {
  private readonly newest = sequenceStore('fp32');

  constructor(
    private readonly older: Coded,
    private readonly residual: number,
    /** Tokens that are quantized together. */
    private readonly step: number,
  ) {}

  get bytes(): number {
    return this.older.bytes + this.newest.bytes;
  }

  append(x: Tensor4D): void {
    this.newest.append(x);
    const surplus = this.newest.length - this.residual;
    const ready = Math.floor(surplus / this.step) * this.step;
    if (ready <= 0) return;
    const oldest = this.newest.shift(ready);
    this.older.append(oldest);
    oldest.dispose();
  }

  read(): Tensor4D {
    if (this.older.length === 0) return this.newest.read();
    if (this.newest.length === 0) return this.older.read();
    return tf.tidy(() => tf.concat([this.older.read(), this.newest.read()], 2));
  }

  dispose(): void {
    this.older.dispose();
    this.newest.dispose();
  }
}

/** Integers with a scale for each group. */
class GroupedSide implements Coded {
  private readonly codes = sequenceStore('uint8');
  private readonly scales = sequenceStore('fp16');
  private readonly zeroPoints: SequenceStore | undefined;

  constructor(
    private readonly layout: QuantizedLayout,
    private readonly width: number,
  ) {
    this.zeroPoints = layout.symmetric ? undefined : sequenceStore('uint8');
  }

  get length(): number {
    return this.codes.length;
  }

  get bytes(): number {
    return this.codes.bytes + this.scales.bytes + (this.zeroPoints?.bytes ?? 0);
  }

  append(x: Tensor4D): void {
    tf.tidy(() => {
      const { bytes, scales, zeroPoints } = quantizeGroups(x, this.layout);
      this.codes.append(bytes);
      this.scales.append(scales);
      if (zeroPoints !== undefined) this.zeroPoints?.append(zeroPoints);
    });
  }

  read(): Tensor4D {
    return tf.tidy(() =>
      dequantizeGroups(
        {
          bytes: this.codes.read(),
          scales: this.scales.read(),
          zeroPoints: this.zeroPoints?.read(),
        },
        this.layout,
        this.width,
      ),
    );
  }

  dispose(): void {
    for (const store of [this.codes, this.scales, this.zeroPoints]) store?.dispose();
  }
}

/** Blocks of a format, with its scales. */
class BlockSide implements Coded {
  private readonly codes = sequenceStore('uint8');
  private readonly scales: SequenceStore;

  constructor(
    private readonly format: BlockFormatId,
    private readonly width: number,
  ) {
    this.scales = sequenceStore(scalesAs(format));
  }

  get length(): number {
    return this.codes.length;
  }

  get bytes(): number {
    return this.codes.bytes + this.scales.bytes;
  }

  append(x: Tensor4D): void {
    tf.tidy(() => {
      const { bytes, scales } = encodeHeads(x, this.format);
      this.codes.append(bytes);
      this.scales.append(scales);
    });
  }

  read(): Tensor4D {
    return tf.tidy(() =>
      decodeHeads(
        { bytes: this.codes.read(), scales: this.scales.read() },
        this.format,
        this.width,
      ),
    );
  }

  dispose(): void {
    this.codes.dispose();
    this.scales.dispose();
  }
}
