import { ensureBackend } from '../backend/load';
import { display } from '../display/display';
import { HalfnoteError } from '../errors';
import { host, isInterrupt } from '../host';
import { Decoder, type CacheChoice, type DecodingEngine } from './decoder';
import { Generation } from './generation';
import type { DecoderSource } from './plan';
import { sampler, type SamplingOptions } from './sample';
import { tokensOf, type Vocabulary } from './vocabulary';

/** One sequence or several of the same length: text, with a vocabulary, or tokens. */
export type Prompt = string | readonly string[] | ArrayLike<number> | readonly ArrayLike<number>[];

export interface GenerateOptions extends SamplingOptions {
  /** Default 100. */
  readonly maxNewTokens?: number;
  /** Default `fp32`. */
  readonly cache?: CacheChoice;
  /** What computes: see {@link DecodingEngine}. Default `auto`. */
  readonly engine?: DecodingEngine;
  /** Turns a prompt of text into tokens, and tokens back into text. */
  readonly vocabulary?: Vocabulary;
  /**
   * When the model has no position left: `error`, before anything is computed, or `slide`, which goes
   * on from the newest half of the tokens as if they were all there is. Default `error`.
   */
  readonly overflow?: 'error' | 'slide';
  /** Writes the new text of the only prompt to the cell's output, token by token. Default false. */
  readonly stream?: boolean;
  /** Called with each new token of every row, as soon as it is chosen. */
  readonly onToken?: (tokens: readonly number[]) => void;
}

/**
 * Continues a prompt, token by token. Keys and values of earlier tokens come from the cache, so that
 * only the newest token goes through the layers. The model is one of tfjs's with our transformer layers, or
 * what `quantize` made of one, weight-only or dynamic.
 *
 * An interrupt stops between two tokens. What was written until then is shown.
 *
 * @throws HalfnoteError `cannot-generate`, `sequence-too-long`, `invalid-prompt`, `invalid-token`,
 *   `unknown-character`, `invalid-sampling-option`, `unknown-cache-format`, `invalid-cache-option`, `invalid-group`,
 *   `unknown-engine`, `engine-missing`.
 */
export async function generate(
  model: DecoderSource,
  prompt: Prompt,
  options: GenerateOptions = {},
): Promise<Generation> {
  const { maxNewTokens = 100, cache = 'fp32', overflow = 'error', vocabulary } = options;
  if (!Number.isInteger(maxNewTokens) || maxNewTokens < 1) {
    throw new HalfnoteError(
      'invalid-sampling-option',
      `maxNewTokens is ${maxNewTokens}; allowed are integers from 1.`,
    );
  }
  const choose = sampler(options);
  const prompts = promptsOf(prompt, vocabulary);
  const tell = listener(options, prompts.length);
  await ensureBackend();
  const decoder = new Decoder(model, cache, options.engine);
  const promptLength = prompts[0]?.length ?? 0;
  const rows = prompts.map((row) => Array.from(row));
  const start = performance.now();
  let first = start;
  const soFar = (): Generation =>
    new Generation({
      rows,
      promptLength,
      vocabulary,
      cache,
      cacheBytes: decoder.cacheBytes,
      cachedTokens: decoder.length,
      cacheRoom: decoder.cacheRoom,
      promptSeconds: (first - start) / 1000,
      decodeSeconds: (performance.now() - first) / 1000,
      engine: decoder.engine,
    });
  try {
    if (overflow === 'error') checkLength(decoder.maxLength, promptLength, maxNewTokens);
    let next = rows.map((row) => row.slice(-decoder.maxLength));
    for (let step = 0; step < maxNewTokens; step++) {
      if (step > 0 && decoder.length === decoder.maxLength) {
        decoder.reset();
        next = rows.map((row) => row.slice(-Math.ceil(decoder.maxLength / 2)));
      }
      host()?.throwIfInterrupted();
      const logits = await lastLogits(decoder, next);
      const chosen = logits.map((row, i) => choose(row, i, step));
      chosen.forEach((token, i) => rows[i]?.push(token));
      if (step === 0) first = performance.now();
      tell(chosen);
      next = chosen.map((token) => [token]);
    }
    return soFar();
  } catch (error) {
    if (isInterrupt(error) && (rows[0]?.length ?? 0) > promptLength) display(soFar());
    throw error;
  } finally {
    decoder.dispose();
  }
}

/** Who hears of each new token: `onToken`, and the cell's output with `stream`. */
function listener(
  { stream = false, vocabulary, onToken }: GenerateOptions,
  rows: number,
): (tokens: readonly number[]) => void {
  if (stream && (rows > 1 || vocabulary === undefined)) {
    throw new HalfnoteError(
      'invalid-sampling-option',
      `stream shows the text of one prompt; there are ${rows}${vocabulary === undefined ? ', without a vocabulary' : ''}.`,
      'Give one prompt and a vocabulary, or an onToken of your own.',
    );
  }
  return (tokens) => {
    if (stream) process.stdout.write(vocabulary?.decode(tokens) ?? '');
    onToken?.(tokens);
  };
}

/** Of each row's last token: [vocabulary] numbers. */
async function lastLogits(
  decoder: Decoder,
  tokens: readonly ArrayLike<number>[],
): Promise<Float32Array[]> {
  const logits = decoder.decode(tokens);
  const [batch, length, vocabulary] = logits.shape;
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return Array.from({ length: batch }, (_, row) => {
    const end = (row + 1) * length * vocabulary;
    return values.subarray(end - vocabulary, end);
  });
}

function promptsOf(
  prompt: Prompt,
  vocabulary: Vocabulary | undefined,
): readonly ArrayLike<number>[] {
  const rows = (
    typeof prompt === 'string' || typeof prompt[0] === 'number' ? [prompt] : prompt
  ) as readonly (string | ArrayLike<number>)[];
  const tokens = rows.map((row) => tokensOf(row, vocabulary));
  const lengths = tokens.map(({ length }) => length);
  if (lengths.length > 0 && new Set(lengths).size === 1 && lengths[0] !== 0) return tokens;
  throw new HalfnoteError(
    'invalid-prompt',
    `Prompts have lengths [${lengths.join(', ')}]; allowed are one or more of the same length from 1.`,
  );
}

function checkLength(maxLength: number, promptLength: number, maxNewTokens: number): void {
  // The last new token is chosen, but not read.
  const room = maxLength - promptLength + 1;
  if (maxNewTokens <= room) return;
  throw new HalfnoteError(
    'sequence-too-long',
    `The model has ${maxLength} positions: after a prompt of ${promptLength} there is room for ${Math.max(0, room)} new tokens, not ${maxNewTokens}.`,
    "Ask for fewer, or give overflow: 'slide' to go on from the newest half of the tokens.",
  );
}
