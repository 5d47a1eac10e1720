import type { ComputeFormat } from '../../formats/uses';
import { withPrecision } from '../../precision/scope';
import { Decoder, type CacheChoice, type DecodingEngine } from '../decoder';
import type { DecoderSource } from '../plan';
import { sampler } from '../sample';

/** What writes. */
export interface Writer {
  readonly model: DecoderSource;
  readonly cache?: CacheChoice;
  readonly engine?: DecodingEngine;
  /** The format of products. Default `fp32`. */
  readonly policy?: ComputeFormat;
}

/** Runs of each, one after another in turn; the best counts, which other work disturbs least. */
const ROUNDS = 3;

/**
 * Tokens a second that each writes, greedily, in one sequence of `length` from `first` on. Interleaved, so
 * that what else the machine does meets all alike.
 */
export async function writtenPerSecond(
  writers: readonly Writer[],
  first: number,
  length: number,
): Promise<number[]> {
  const decoders = writers.map(
    ({ model, cache = 'fp32', engine = 'auto' }) => new Decoder(model, cache, engine),
  );
  try {
    const best = writers.map(() => 0);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, decoder] of decoders.entries()) {
        decoder.reset();
        const start = performance.now();
        writeGreedily(decoder, first, length, writers[i]?.policy ?? 'fp32');
        best[i] = Math.max(best[i] ?? 0, (1000 * length) / (performance.now() - start));
        // Others have their turn: the notebook, and who wants to stop this.
        await new Promise(setImmediate);
      }
    }
    return best;
  } finally {
    for (const decoder of decoders) decoder.dispose();
  }
}

function writeGreedily(
  decoder: Decoder,
  first: number,
  length: number,
  policy: ComputeFormat,
): void {
  const likeliest = sampler({ temperature: 0 });
  let token = first;
  for (let i = 0; i < length; i++) {
    const logits = withPrecision(policy, () => decoder.decode([[token]]));
    const values = logits.dataSync<'float32'>();
    logits.dispose();
    token = likeliest(values, 0, i);
  }
}
