import { ensureBackend } from '../../backend/load';
import type { ComputeFormat } from '../../formats/uses';
import type { CacheChoice, DecodingEngine } from '../decoder';
import { decodingPlan, type DecoderSource } from '../plan';
import { tokensOf, type Vocabulary } from '../vocabulary';
import { forced, heldOut, meanLoss } from './teacher-forcing';

export interface PerplexityOptions {
  /** Turns a text into tokens. */
  readonly vocabulary?: Vocabulary;
  /** Parts of the text that are read, at once. Default 16. */
  readonly windows?: number;
  /** Tokens of each. Default: as many as the model has positions for, up to 128. */
  readonly length?: number;
  /** Default `fp32`. */
  readonly cache?: CacheChoice;
  /** Default `auto`. */
  readonly engine?: DecodingEngine;
  /** The format of products of a model in float. Default `fp32`. */
  readonly policy?: ComputeFormat;
}

const LONGEST = 128;

/**
 * How surprised a language model is by a text: exp of the mean negative log-likelihood of the next token, in
 * parts of the text from evenly spread places, each read from its own beginning.
 *
 * @param model In float, or quantized.
 * @param text Text, with a vocabulary, or tokens.
 * @throws HalfnoteError `cannot-generate`, `too-short`, `invalid-window`, `sequence-too-long`, `invalid-prompt`,
 *   `invalid-token`, `unknown-character`, and those of `new Decoder(...)`.
 */
export async function perplexity(
  model: DecoderSource,
  text: string | ArrayLike<number>,
  options: PerplexityOptions = {},
): Promise<number> {
  const { windows = 16, cache = 'fp32', vocabulary } = options;
  await ensureBackend();
  const length = options.length ?? Math.min(LONGEST, decodingPlan(model).maxLength);
  const { sequences, targets } = heldOut(tokensOf(text, vocabulary), windows, length);
  return Math.exp(meanLoss(forced(model, sequences, cache, options), targets));
}
