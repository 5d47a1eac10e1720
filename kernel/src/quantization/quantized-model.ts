import type * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Execution } from '../backend/contract';
import { HalfnoteError } from '../errors';
import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../host';
import type { Product } from './product';
import { type LayerReport, reportBundle } from './report';

export type QuantizationMode = 'dynamic' | 'static' | 'weight-only';

export interface QuantizedParts {
  readonly name: string;
  readonly mode: QuantizationMode;
  /** A copy of the model whose quantized layers call their products. */
  readonly model: tf.LayersModel;
  readonly products: readonly Product[];
  readonly layers: readonly LayerReport[];
  /** Float weights of `model` that are still in use. */
  readonly floatWeights: readonly { dispose(): void }[];
  readonly notes: readonly string[];
}

/** A model with int8 weights, made by `quantize`. It owns its weights: dispose of it after use. */
export class QuantizedModel implements Displayable {
  readonly #parts: QuantizedParts;
  #disposed = false;

  constructor(parts: QuantizedParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.name;
  }
  get mode(): QuantizationMode {
    return this.#parts.mode;
  }
  /** What became of each layer: format, kernel, reason, bytes. */
  get layers(): readonly LayerReport[] {
    return this.#parts.layers;
  }
  get notes(): readonly string[] {
    return this.#parts.notes;
  }
  /** Bytes of all weights, scales and biases as they are kept. */
  get weightBytes(): number {
    return this.layers.reduce((sum, layer) => sum + layer.weightBytes, 0);
  }
  /** Bytes of the same weights before quantization. */
  get floatWeightBytes(): number {
    return this.layers.reduce((sum, layer) => sum + layer.floatWeightBytes, 0);
  }
  /** `native` when every int8 layer runs in integer kernels. */
  get execution(): Execution {
    const int8 = this.layers.filter((layer) => layer.format === 'int8');
    const native = int8.length > 0 && int8.every((layer) => layer.execution === 'native');
    return native ? 'native' : 'simulated';
  }

  /** As `model.predict`: `[batch, ...]` in, the model's outputs out, in batches of `batchSize`. */
  predict(x: Tensor | Tensor[], options: { readonly batchSize?: number } = {}): Tensor | Tensor[] {
    if (this.#disposed) {
      throw new HalfnoteError('disposed', `The quantized model '${this.name}' has been disposed.`);
    }
    return this.#parts.model.predict(x, options);
  }

  /** Frees the packed and the remaining float weights. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const product of this.#parts.products) product.dispose();
    for (const weight of this.#parts.floatWeights) weight.dispose();
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return reportBundle({
      title: `${this.name} in int8 (${this.mode})`,
      layers: this.layers,
      weightBytes: this.weightBytes,
      floatWeightBytes: this.floatWeightBytes,
      notes: this.notes,
    });
  }
}
