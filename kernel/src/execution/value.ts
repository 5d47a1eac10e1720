import type { Tensor } from '@tensorflow/tfjs';
import { deleteHandles } from '../backend/raw';
import type { AffineParams } from '../integer/affine';

/** uint8 codes as a native quint8 handle. */
export interface Codes {
  readonly id: number;
  readonly shape: readonly number[];
}

/**
 * What a node makes. `codes` and `integers` are the same numbers: natively in 8 bits, or as the
 * integer values of a float32 tensor, as simulated nodes compute with them.
 */
export type Result =
  | { readonly kind: 'float'; readonly tensor: Tensor }
  | { readonly kind: 'codes'; readonly codes: Codes }
  | { readonly kind: 'integers'; readonly tensor: Tensor };

export type FloatResult = Extract<Result, { readonly kind: 'float' }>;

/** Conversions of one value with a fixed range. Results are the caller's. */
export interface Affine {
  readonly params: AffineParams;
  quantize(x: Tensor): Result;
  dequantize(result: Result): Tensor;
  /** Only where there are native codes. */
  toCodes(integers: Tensor): Codes;
  toIntegers(codes: Codes): Tensor;
}

/** A value while a graph runs, in whichever forms its readers ask for. It owns them all. */
export class Value {
  #float: Tensor | undefined;
  #codes: Codes | undefined;
  #integers: Tensor | undefined;
  /** The graph's input: the caller's tensor, never disposed of here. */
  readonly #borrowed: Tensor | undefined;

  /** Takes over `result`; with an `affine`, a float result is quantized at once. */
  constructor(
    result: Result,
    private readonly affine: Affine | undefined,
    borrowed = false,
  ) {
    if (result.kind === 'float' && affine !== undefined) {
      try {
        this.#keep(affine.quantize(result.tensor));
      } finally {
        if (!borrowed) result.tensor.dispose();
      }
      return;
    }
    this.#keep(result);
    if (borrowed) this.#borrowed = this.#float;
  }

  #keep(result: Result): void {
    if (result.kind === 'codes') this.#codes = result.codes;
    else if (result.kind === 'integers') this.#integers = result.tensor;
    else this.#float = result.tensor;
  }

  get shape(): readonly number[] {
    return (this.#codes ?? this.#integers ?? this.#float)?.shape ?? [];
  }

  /** Real numbers: the float result itself, or the codes dequantized. */
  float(): Tensor {
    if (this.#float !== undefined) return this.#float;
    const stored = this.#stored();
    this.#float = this.#fixed().dequantize(stored);
    return this.#float;
  }

  codes(): Codes {
    this.#codes ??= this.#fixed().toCodes(this.integers());
    return this.#codes;
  }

  integers(): Tensor {
    if (this.#integers !== undefined) return this.#integers;
    if (this.#codes === undefined) throw new TypeError('a float value has no codes');
    this.#integers = this.#fixed().toIntegers(this.#codes);
    return this.#integers;
  }

  /** The float tensor, given up: it outlives the value. */
  takeFloat(): Tensor {
    const tensor = this.float();
    this.#float = undefined;
    return tensor === this.#borrowed ? tensor.clone() : tensor;
  }

  dispose(): void {
    if (this.#float !== this.#borrowed) this.#float?.dispose();
    this.#integers?.dispose();
    if (this.#codes !== undefined) deleteHandles(this.#codes.id);
    this.#float = this.#integers = this.#codes = undefined;
  }

  #stored(): Result {
    if (this.#codes !== undefined) return { kind: 'codes', codes: this.#codes };
    if (this.#integers !== undefined) return { kind: 'integers', tensor: this.#integers };
    throw new TypeError('a value that was disposed of');
  }

  #fixed(): Affine {
    if (this.affine === undefined) throw new TypeError('a value without a fixed range');
    return this.affine;
  }
}
