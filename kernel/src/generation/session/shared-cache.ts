import { ortTensor, type OrtTensor } from '../../execution/onnxruntime/session';
import type { AttentionSite } from '../attention-site';

/** Tokens that there is room for at first, and by as many times more each time that it ends. */
const FIRST_ROOM = 128;
const GROWTH = 2;

type Named = Readonly<Record<string, OrtTensor>>;

/** Keys and values in fp32, in memory that ONNX Runtime reads and writes in place. */
export class SharedCache {
  /** Tokens so far. */
  length = 0;
  #room = 0;
  #batch = 0;
  #past: Readonly<Record<string, Float32Array>> = {};
  #tensors: { readonly past: Named; readonly present: Named } = { past: {}, present: {} };

  constructor(
    private readonly sites: readonly AttentionSite[],
    private readonly maxLength: number,
  ) {}

  /** Tokens that there is room for. */
  get room(): number {
    return this.#room;
  }

  /** Of all the memory, that of tokens to come too. */
  get bytes(): number {
    return Object.values(this.#past).reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** The same memory as what is past and what will be present, with room for so many more tokens. */
  forTokens(batch: number, more: number): { readonly past: Named; readonly present: Named } {
    this.#batch = batch;
    const wanted = this.length + more;
    if (wanted > this.#room) this.#grow(wanted);
    return this.#tensors;
  }

  #grow(wanted: number): void {
    const before = this.#room;
    let room = Math.max(before, FIRST_ROOM);
    while (room < wanted) room *= GROWTH;
    this.#room = Math.max(wanted, Math.min(room, this.maxLength));
    const grown: Record<string, Float32Array> = {};
    const past: Record<string, OrtTensor> = {};
    const present: Record<string, OrtTensor> = {};
    this.sites.forEach(({ kvHeads, headDim }, i) => {
      for (const name of ['key', 'value']) {
        const id = `${name}_${i}`;
        const rows = this.#batch * kvHeads;
        const values = new Float32Array(rows * this.#room * headDim);
        const old = this.#past[id];
        for (let row = 0; old !== undefined && row < rows; row++) {
          const kept = old.subarray(row * before * headDim, (row + 1) * before * headDim);
          values.set(kept, row * this.#room * headDim);
        }
        grown[id] = values;
        const tensor = ortTensor({ values, shape: [this.#batch, kvHeads, this.#room, headDim] });
        past[`past_${id}`] = tensor;
        present[`present_${id}`] = tensor;
      }
    });
    this.#past = grown;
    this.#tensors = { past, present };
  }

  /** Forgets all tokens, and frees what held them. */
  reset(): void {
    this.length = 0;
    this.#room = 0;
    this.#past = {};
    this.#tensors = { past: {}, present: {} };
  }
}
