import { nameOf } from '../../export/onnx/foreign/attributes';
import type { OnnxModel } from '../../export/onnx/onnx-model';
import type { AttentionSite } from '../../generation/attention-site';
import { attentionPatterns } from '../../generation/kv-cache/attention-pattern';
import { dimensionsOf, type KvExtent, tokensOf } from '../../generation/kv-cache/dimensions';
import type { KvDimensions } from '../../generation/kv-cache/size';
import type { OnnxInput } from '../../quantization/onnx/calibrate';
import { type OnnxRun, runOnce } from '../onnx/run-once';
import { attentionNodes } from './attention-nodes';
import { cachedInputs } from './cached-inputs';

export interface OnnxKvExtent extends KvExtent {
  /** Real inputs of a model that can't be run on zeros: a tensor, one per input, or by name. */
  readonly data?: { readonly x: OnnxInput };
}

export interface OnnxKvDimensions {
  readonly dimensions: Required<KvDimensions>;
  /** In words: where they were found. */
  readonly found: string;
}

/** Tokens of the run that shapes are taken from, where the file leaves their number open. */
const TRIAL_TOKENS = 8;

/**
 * The dimensions of the cache of an exported transformer: by the caches that it takes as inputs, else by
 * its operators of attention, else by products of activations around a softmax; the latter two by the
 * shapes of one run, on zeros or on `data`.
 *
 * @throws HalfnoteError `no-attention`, `uneven-layers`, `no-sequence`; `unknown-shape`, `input-mismatch`,
 *   `onnxruntime-refused` of the run.
 */
export async function onnxKvDimensions(
  model: OnnxModel,
  { data, ...extent }: OnnxKvExtent,
): Promise<OnnxKvDimensions> {
  const cached = cachedInputs(model.inputs);
  const known = { model: model.source, lookedFor: LOOKED_FOR };
  if (cached.length > 0) {
    return {
      dimensions: dimensionsOf({ ...known, sites: cached, tokens: undefined }, extent),
      found:
        'Found by the caches that it takes as inputs, such as ' +
        `'${cached[0]?.name ?? ''}'; how many query heads share them isn't told, and is of no matter here.`,
    };
  }
  const run = await runOnce(model, data === undefined ? { openSize: TRIAL_TOKENS } : { data });
  const nodes = attentionNodes(run.graph.nodes, (name) => run.values.get(name)?.shape);
  const written = patternsOf(run, rowsOf(model, run));
  const sites: readonly (AttentionSite & { readonly tokens?: number | null })[] = [
    ...nodes,
    ...written,
  ];
  const tokens = isOpen(model) || nodes.length > 0 ? undefined : tokensOf(sites);
  return {
    dimensions: dimensionsOf({ ...known, sites, tokens }, extent),
    found:
      nodes.length > 0
        ? `Found by its operators of attention, such as '${nodes[0]?.name ?? ''}'.`
        : `Found by products of activations around a softmax, such as '${written[0]?.name ?? ''}'; a cache helps where tokens come one by one.`,
  };
}

const LOOKED_FOR =
  'attention: no inputs past_key_values.N.key, no Attention, MultiHeadAttention or GroupQueryAttention, and no Softmax between two products of activations';

/** Open axes that are no batch. */
const TOKENS = /seq|len|time|token|step|past/i;

/** Rows of the batch, which lies behind the tokens where the first axis is fixed, as PyTorch's attention has it. */
function rowsOf({ inputs: [first] }: OnnxModel, { values, batchSize }: OnnxRun): number {
  const sizes = first?.shape ?? [];
  const isTokensFirst = typeof sizes[0] === 'number' && sizes[0] > 1;
  const axis = sizes.findIndex((size) => typeof size === 'string' && !TOKENS.test(size));
  if (!isTokensFirst || axis < 0) return batchSize;
  return values.get(first?.name ?? '')?.shape[axis] ?? batchSize;
}

function patternsOf(
  { graph, values }: OnnxRun,
  batch: number,
): ReturnType<typeof attentionPatterns> {
  return attentionPatterns({
    batch,
    shapeOf: (value) => values.get(value)?.shape,
    nodes: graph.nodes.map((node) => ({
      name: nameOf(node),
      op: node.opType ?? '',
      inputs: (node.input ?? []).filter(
        (name) => name !== '' && values.get(name)?.isConstant !== true,
      ),
      outputs: node.output ?? [],
    })),
  });
}

/** Whether more than the batch is open. */
function isOpen({ inputs }: OnnxModel): boolean {
  return inputs.some(
    ({ shape }) => shape?.slice(1).some((size) => typeof size === 'string') ?? true,
  );
}
