import * as tf from '@tensorflow/tfjs';
import { fromTable, HalfnoteError } from '../../errors';
import type { WeightName } from '../../formats/uses';
import { weightFormatOf } from '../../formats/weight-names';
import { ruleOf } from '../../graph/scale-rules';
import { asLayersModel } from '../../importing/layers-model-of';
import type { FloatModel } from '../../models/graph-model';
import type { QuantizedGraph, WeightCodes, WeightFormat } from '../../graph/quantized-graph';
import { INT8 } from '../../integer/affine';
import { channelCount } from '../../schemes/channels';
import { encodeWeights, usualGranularity, type WeightGranularity } from '../../graph/weight-codes';
import { compareFiles } from './compare-files';
import { dequantizedModel } from './layers-model';
import { writeModel } from './model-files';
import { packedWeight } from './packed-weights';
import { SavedModel } from './saved-model';
import { stockWeight } from './stock-weights';
import {
  elements,
  TFJS_WEIGHTS,
  type EncodedWeight,
  type StockWeights,
  type TfjsWeights,
  type WeightSpec,
} from './weight-spec';

export interface SaveTfjsOptions {
  /**
   * How weights of two axes and more are kept; vectors stay float32. `float32`, `float16`, `uint16`
   * and `uint8` (one scale a weight) are read by tfjs itself; all formats of `quantize` (one scale per
   * output channel, or as it has them) by `loadTfjs`. Default: `float32`; of a quantized model the codes that it has.
   */
  readonly weights?: TfjsWeights | WeightName;
  /** Of those that `loadTfjs` reads. Default `per-channel`; of codebooks `per-tensor`. */
  readonly granularity?: WeightGranularity;
}

/** What can be written: a float model, or what quantization made of one. */
export type TfjsSource = FloatModel | QuantizedGraph | { readonly graph: QuantizedGraph };

/**
 * Writes a model to a folder as tfjs's `model.json` and weight files. A quantized model is written
 * as a layers model whose weights are what its codes stand for, with normalizations folded in.
 * What is to be written is loaded and run beside the model first. The folder's former model stays whole
 * until the new one is.
 * @throws HalfnoteError `unsupported-model`, `unknown-weight-format`, `invalid-option`, `invalid-group`,
 *   `not-finite`, `fp16-overflow`, `export-mismatch`, `not-writable`.
 */
export async function saveTfjs(
  folder: string,
  source: TfjsSource,
  given: SaveTfjsOptions = {},
): Promise<SavedModel> {
  const options = named(given);
  const { weights } = options;
  if (weights !== undefined) fromTable(TFJS_WEIGHTS, weights, 'weight format');
  checkGranularity(options);
  const graph = graphIn(source);
  if (graph === undefined) {
    return saved(folder, asLayersModel(source, 'saveTfjs'), options, new Map());
  }
  const { model, codes } = dequantizedModel(graph);
  try {
    return await saved(folder, model, options, weights === undefined ? codes : new Map());
  } finally {
    model.dispose();
  }
}

/** The options with the format's own name; tfjs's `float16` is not the format of that name. */
function named(options: SaveTfjsOptions): Settled {
  const { weights } = options;
  if (weights === undefined || Object.hasOwn(TFJS_WEIGHTS, weights)) return options as Settled;
  return { ...options, weights: weightFormatOf(weights) ?? (weights as WeightFormat) };
}

interface Settled extends SaveTfjsOptions {
  readonly weights?: TfjsWeights;
}

async function saved(
  folder: string,
  model: tf.LayersModel,
  options: Settled,
  codes: ReadonlyMap<string, WeightCodes>,
): Promise<SavedModel> {
  const { specs, data, artifacts } = await artifactsOf(model);
  const encoded: EncodedWeight[] = [];
  let from = 0;
  for (const spec of specs) {
    const bytes = data.slice(from, from + 4 * elements(spec));
    from += bytes.length;
    encoded.push(encodedWeight(spec, bytes, options, codes.get(spec.name)));
  }
  const weightBytes = encoded.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const stock = encoded.every(({ spec }) => !spec.quantization?.dtype.startsWith('halfnote:'));
  const json = {
    ...artifacts,
    userDefinedMetadata: {
      ...artifacts.userDefinedMetadata,
      halfnote: {
        weights: options.weights ?? (codes.size > 0 ? 'as quantized' : 'float32'),
        stock,
      },
    },
  };
  const written = encoded.map(({ spec }) => spec);
  // No `Buffer`, whose slices are views.
  const bytes = new Uint8Array(Buffer.concat(encoded.map((weight) => weight.bytes)));
  const { weights } = options;
  const notes = await compareFiles(model, json, written, bytes, weights ?? 'float32');
  const files = await writeModel(folder, json, written, bytes);
  return new SavedModel({ ...files, weightBytes, floatWeightBytes: data.length, stock, notes });
}

function encodedWeight(
  spec: WeightSpec,
  bytes: Uint8Array<ArrayBuffer>,
  { weights = 'float32', granularity: given }: Settled,
  codes: WeightCodes | undefined,
): EncodedWeight {
  if (codes !== undefined) return packedWeight(spec, codes);
  if (spec.dtype !== 'float32' || spec.shape.length < 2) return { spec, bytes };
  const values = new Float32Array(bytes.buffer);
  if (TFJS_WEIGHTS[weights] === 'stock') return stockWeight(spec, values, weights as StockWeights);
  const format = weights as WeightFormat;
  checkFinite(spec, values);
  const granularity = given ?? usualGranularity(format);
  const scheme = { format, granularity, rule: ruleOf(format), int8: INT8 };
  return packedWeight(
    spec,
    encodeWeights(values, channelCount(spec.name, spec.shape), scheme, spec.name),
  );
}

/** Codes have neither NaN nor infinity. */
function checkFinite({ name }: WeightSpec, values: Float32Array): void {
  const bad = values.find((x) => !Number.isFinite(x));
  if (bad === undefined) return;
  throw new HalfnoteError(
    'not-finite',
    `Weight '${name}' has ${bad}; codes need finite numbers.`,
    "Save with weights: 'float32', or find where it comes from.",
  );
}

interface Artifacts {
  readonly specs: readonly WeightSpec[];
  readonly data: Uint8Array<ArrayBuffer>;
  readonly artifacts: {
    readonly format: string;
    readonly generatedBy?: string | undefined;
    readonly convertedBy?: string | null | undefined;
    readonly modelTopology: unknown;
    readonly userDefinedMetadata?: Readonly<Record<string, unknown>> | undefined;
  };
}

/** What `model.save` would have written. */
async function artifactsOf(model: tf.LayersModel): Promise<Artifacts> {
  let kept: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      kept = artifacts;
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' },
      });
    }),
  );
  if (kept?.modelTopology === undefined) throw new Error('tfjs saved no topology');
  const { modelTopology, generatedBy, convertedBy, userDefinedMetadata } = kept;
  return {
    specs: (kept.weightSpecs ?? []) as unknown as readonly WeightSpec[],
    data: new Uint8Array(tf.io.CompositeArrayBuffer.join(kept.weightData ?? new ArrayBuffer(0))),
    artifacts: {
      format: 'layers-model',
      generatedBy,
      convertedBy,
      modelTopology,
      userDefinedMetadata,
    },
  };
}

function checkGranularity({ weights, granularity }: Settled): void {
  if (granularity === undefined) return;
  if (weights !== undefined && TFJS_WEIGHTS[weights] === 'own') return;
  throw new HalfnoteError(
    'invalid-option',
    `saveTfjs: granularity is for weights of int8 and narrower, not for ${weights ?? 'what a model has'}.`,
  );
}

/** A layers model has no `graph`, and its `nodes` are no list. */
function graphIn(source: TfjsSource): QuantizedGraph | undefined {
  if (source instanceof tf.LayersModel) return undefined;
  // JavaScript can hand over anything.
  const given = source as Partial<QuantizedGraph & { graph: QuantizedGraph }> | null | undefined;
  const graph = given?.graph ?? given;
  return Array.isArray(graph?.nodes) ? (graph as QuantizedGraph) : undefined;
}
