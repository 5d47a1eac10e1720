import * as tf from '@tensorflow/tfjs';
import { ensureBackend, hasNativeBackend } from '../../backend/load';
import { fromTable, HalfnoteError } from '../../errors';
import { COMPUTE_FORMATS, WEIGHT_FORMATS } from '../../formats/names';
import type { ComputeFormat, WeightFormat } from '../../formats/uses';
import { productOf } from '../../export/onnx/decoding/products';
import type { EmbeddingFormat } from '../../graph/embedding-table';
import type { QuantizedGraph } from '../../graph/quantized-graph';
import { isBlockFormat } from '../../graph/weight-codes';
import { checkModel } from '../../models/check-model';
import { disposeLayers } from '../../models/copy-layer';
import { quantizeGraph } from '../../quantization/quantize-graph';
import type { QuantizeOptions } from '../../quantization/options';
import { Decoder, type DecodingEngine } from '../decoder';
import { decodingPlan, type DecoderSource } from '../plan';
import { whyNoHeads } from '../session/session-of';
import { tokensOf, type Vocabulary } from '../vocabulary';
import { DecoderComparison, type DecoderRow } from './decoder-view';
import { writtenPerSecond, type Writer } from './speed';
import { distance, forced, heldOut, meanLoss, type Forced } from './teacher-forcing';

/** What is both: by its own name a format of products. */
type Both = Extract<ComputeFormat, WeightFormat>;

/** A format of products, or one that weights are kept in; `bf16-weight-only` and the like of what is both. */
export type DecoderFormat = ComputeFormat | WeightFormat | `${Both}-weight-only`;

export interface CompareDecodersOptions extends Pick<QuantizeOptions, 'granularity' | 'exclude'> {
  /** Default: fp32, bf16, bf16-weight-only, int8, int4. */
  readonly formats?: readonly DecoderFormat[];
  /**
   * What embeddings are kept in where weights are. Default: bf16 and fp16 as the weights; fp32 beside tf32;
   * int8 beside all else.
   */
  readonly embeddings?: EmbeddingFormat;
  /** Turns a text into tokens. */
  readonly vocabulary?: Vocabulary;
  /** Parts of the text that are read, at once. Default 8. */
  readonly windows?: number;
  /** Tokens of each. Default: as many as the model has positions for, up to 64. */
  readonly length?: number;
  /** Measure how many tokens a second are generated, where TensorFlow is. Default true. */
  readonly speed?: boolean;
}

const FORMATS = ['fp32', 'bf16', 'bf16-weight-only', 'int8', 'int4'] as const;
const LONGEST = 64;

/**
 * Reads held-out text with a language model in each format, and says what it cost and changed: bytes of the
 * weights as they are held, perplexity, distance of the predictions from those in fp32, and tokens a second,
 * greedy, one sequence. fp32 is timed on TensorFlow and in ONNX Runtime; the faster one counts. Weight formats
 * are what `quantize(model, { weights, mode: 'weight-only' })` makes.
 *
 * @param text Text, with a vocabulary, or tokens.
 * @throws HalfnoteError `cannot-generate`, `unsupported-model`, `unknown-format`, `empty`, `too-short`,
 *   `invalid-window`, `sequence-too-long`, `invalid-prompt`, `invalid-token`, `unknown-character`, and those of
 *   `quantize`.
 */
export async function compareDecoders(
  model: tf.LayersModel,
  text: string | ArrayLike<number>,
  options: CompareDecodersOptions = {},
): Promise<DecoderComparison> {
  checkModel(model, 'compareDecoders');
  const { formats = FORMATS, windows = 8, speed = true } = options;
  for (const format of formats) fromTable(KNOWN, format, 'format');
  if (formats.length === 0) {
    throw new HalfnoteError('empty', 'There is no format to compare: formats is empty.');
  }
  await ensureBackend();
  const plan = decodingPlan(model);
  const length = options.length ?? Math.min(LONGEST, plan.maxLength);
  const { sequences, targets } = heldOut(tokensOf(text, options.vocabulary), windows, length);
  const reference = forced(model, sequences, 'fp32', { engine: 'tensorflow' });
  const isTimed = speed && hasNativeBackend();
  const first = sequences[0]?.[0] ?? 0;
  const inFp32 = { model, engine: 'tensorflow', policy: 'fp32' } as const;
  const alsoInOrt = isTimed && whyNoHeads(plan) === undefined;
  const baseline = alsoInOrt ? await fastest(model, first, length) : inFp32;
  const writers: Writer[] = [];
  const rows: Omit<DecoderRow, 'tokensPerSecond'>[] = [];
  try {
    for (const format of formats) {
      const writer = format === 'fp32' ? baseline : await writerOf(model, format, options);
      writers.push(writer);
      rows.push(rowOf(format, writer, reference, { sequences, targets }));
    }
    const speeds = isTimed ? await writtenPerSecond(writers, first, length) : [];
    return new DecoderComparison({
      model: model.name,
      parameters: model.countParams(),
      windows,
      length,
      fp32Bytes: reference.weightBytes,
      rows: rows.map((row, i) => ({ ...row, tokensPerSecond: speeds[i] ?? null })),
    });
  } finally {
    for (const { model: made } of writers)
      if (!(made instanceof tf.LayersModel)) release(made.graph);
  }
}

/** Frees the copies of layers that stayed in float. */
function release({ nodes }: QuantizedGraph): void {
  disposeLayers(nodes.flatMap(({ op }) => (op.kind === 'float' ? [op.layer] : [])));
}

/** By the name of a format that weights are kept in, the format. */
const KEPT: ReadonlyMap<string, WeightFormat> = new Map(
  WEIGHT_FORMATS.map((format) => [isComputed(format) ? `${format}-weight-only` : format, format]),
);
const KNOWN = Object.fromEntries(
  [...COMPUTE_FORMATS, ...KEPT.keys()].map((format) => [format, true]),
) as Readonly<Record<DecoderFormat, true>>;

/** What embeddings are kept in beside weights that are not narrower. */
const EMBEDDED: Partial<Record<WeightFormat, EmbeddingFormat>> = {
  tf32: 'fp32',
  bf16: 'bf16',
  fp16: 'fp16',
};

function isComputed(format: string): format is ComputeFormat {
  return (COMPUTE_FORMATS as readonly string[]).includes(format);
}

/** The faster way of decoding in fp32: a quantized model isn't to be praised for the engine that it runs in. */
async function fastest(model: tf.LayersModel, first: number, length: number): Promise<Writer> {
  const engines = ['tensorflow', 'onnxruntime'] as const;
  const writers = engines.map((engine) => ({ model, engine }));
  try {
    const [tensorflow = 0, onnxruntime = 0] = await writtenPerSecond(writers, first, length);
    return { model, engine: onnxruntime > tensorflow ? 'onnxruntime' : 'tensorflow' };
  } catch (error) {
    if (error instanceof HalfnoteError && error.code === 'engine-missing') {
      return { model, engine: 'tensorflow' };
    }
    throw error;
  }
}

async function writerOf(
  model: tf.LayersModel,
  format: DecoderFormat,
  { granularity, exclude, embeddings }: CompareDecodersOptions,
): Promise<Writer> {
  const weights = KEPT.get(format);
  if (weights === undefined) {
    return { model, engine: 'tensorflow', policy: format as ComputeFormat };
  }
  const { graph } = await quantizeGraph(model, {
    weights,
    mode: 'weight-only',
    embeddings: embeddings ?? EMBEDDED[weights] ?? 'int8',
    // Blocks have their own size.
    ...(granularity === undefined || isBlockFormat(weights) ? {} : { granularity }),
    ...(exclude === undefined ? {} : { exclude }),
  });
  return { model: { graph }, engine: 'auto' };
}

function rowOf(
  format: DecoderFormat,
  { model, engine = 'auto', policy = 'fp32' }: Writer,
  reference: Forced,
  { sequences, targets }: ReturnType<typeof heldOut>,
): Omit<DecoderRow, 'tokensPerSecond'> {
  const seen = forced(model, sequences, 'fp32', { engine, policy });
  const decodesIn = engineOf(model, engine);
  return {
    format,
    engine: decodesIn,
    products: productsOf(model, decodesIn),
    embeddings: embeddingsOf(model),
    weightBytes: seen.weightBytes,
    perplexity: Math.exp(meanLoss(seen, targets)),
    ...distance(reference, seen),
  };
}

function productsOf(model: DecoderSource, engine: Decoder['engine']): DecoderRow['products'] {
  if (model instanceof tf.LayersModel) return 'float';
  const isRounded =
    engine === 'onnxruntime' &&
    model.graph.nodes.every(({ op }) => op.kind !== 'linear' || productOf(op) === 'rounded');
  return isRounded ? 'rounded' : 'widened';
}

function embeddingsOf(model: DecoderSource): EmbeddingFormat {
  if (model instanceof tf.LayersModel) return 'fp32';
  const table = model.graph.nodes.flatMap(({ op }) =>
    op.kind === 'float' && op.table !== undefined ? [op.table] : [],
  )[0];
  return table === undefined ? 'fp32' : (table.format as EmbeddingFormat);
}

function engineOf(model: DecoderSource, engine: DecodingEngine): Decoder['engine'] {
  if (engine !== 'auto') return engine;
  const decoder = new Decoder(model, 'fp32', engine);
  const { engine: found } = decoder;
  decoder.dispose();
  return found;
}
