/**
 * How a head's numbers are paired to be turned: `half-split` number i with number i + width / 2, as Llama
 * and Qwen are published; `interleaved` number 2i with 2i + 1, as in the paper and in GPT-J.
 */
export const ROTARY_LAYOUTS = ['half-split', 'interleaved'] as const;
export type RotaryLayout = (typeof ROTARY_LAYOUTS)[number];

export interface RotaryTable {
  /** [length, headDim / 2], row-major. */
  readonly cos: Float32Array;
  readonly sin: Float32Array;
}

/**
 * Cosines and sines of rotary position embedding (Su et al. 2021): at position p, pair i of a head is
 * turned by p * theta^(-2i / headDim).
 * @param start The first position.
 */
export function rotaryTable(
  theta: number,
  headDim: number,
  start: number,
  length: number,
): RotaryTable {
  const pairs = headDim / 2;
  const cos = new Float32Array(length * pairs);
  const sin = new Float32Array(length * pairs);
  for (let pair = 0; pair < pairs; pair++) {
    const frequency = theta ** ((-2 * pair) / headDim);
    for (let at = 0; at < length; at++) {
      const angle = (start + at) * frequency;
      cos[at * pairs + pair] = Math.cos(angle);
      sin[at * pairs + pair] = Math.sin(angle);
    }
  }
  return { cos, sin };
}
