import { HalfnoteError } from '../../../errors';
import type { LayerCall } from './call';

/** A layer's configuration, read with types. A value of another kind is a clear error. */
export class LayerConfig {
  readonly #call: LayerCall;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(call: LayerCall) {
    this.#call = call;
    this.#values = call.layer.getConfig();
  }

  raw(key: string): unknown {
    return this.#values[key];
  }
  text(key: string, otherwise: string): string {
    const value = this.#values[key];
    return typeof value === 'string' ? value : otherwise;
  }
  number(key: string, otherwise: number): number {
    const value = this.#values[key];
    return typeof value === 'number' ? value : otherwise;
  }
  flag(key: string, otherwise = false): boolean {
    const value = this.#values[key];
    return typeof value === 'boolean' ? value : otherwise;
  }
  /** One number per axis: a single one stands for all. */
  sizes(key: string, count: number, otherwise = 1): number[] {
    const value = this.#values[key] ?? otherwise;
    if (!Array.isArray(value)) return new Array<number>(count).fill(Number(value));
    return Array.from({ length: count }, (_, i) => Number(value[i] ?? value[0]));
  }
  /** Axes as given, one or many. */
  axes(key: string, otherwise: readonly number[]): number[] {
    const value = this.#values[key];
    if (Array.isArray(value)) return value.map(Number);
    return typeof value === 'number' ? [value] : [...otherwise];
  }

  get activation(): string {
    return this.text('activation', 'linear');
  }

  /** The error for what this layer does and ONNX, or this export, has no operator for. */
  unsupported(what: string, allowed: string): HalfnoteError {
    const { id, layer } = this.#call;
    return new HalfnoteError(
      'onnx-unsupported',
      `The layer '${id}' (${layer.getClassName()}) can't be exported to ONNX: ${what}.`,
      allowed,
    );
  }
}
