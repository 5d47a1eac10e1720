import type { Range } from './range';

/** Watches a layer's inputs while it is calibrated and says which range to quantize. */
export interface Observer {
  observe(values: Float32Array): void;
  /** The range to be quantized; undefined before anything finite was seen. */
  range(): Range | undefined;
}
