import { USES, type NameWith } from '../../formats/uses';
import { KV_FORMATS } from '../../generation/kv-cache/layout';
import { awaited, call, type Value } from '../language/code';
import { defineMagic } from '../language/declare';
import { choice, choices, expression, number } from '../language/parameters';
import { MagicProblem } from '../language/problem';
import { TAKES } from './takes';

const count = (doc: string) => number(doc, { min: 1, integer: true });
const NAMES = ['none', ...KV_FORMATS] as const;

export const kvcache = defineMagic({
  name: 'kvcache',
  topic: 'precision',
  forms: ['line'],
  summary: 'Show what the keys and values that a transformer keeps take, by format.',
  details: [
    'By formula: of a model of `multiHeadAttention` or `attentionHeads` layers, or of the dimensions given. With `--text`, the model reads that text through each cache, and the table says what was held, how the predictions changed and how fast tokens came.',
    'Of an ONNX model (`loadOnnx`) the dimensions are those of the caches that it takes as inputs, of its operators of attention, or of products around a softmax, as a GraphModel has them too; where they aren’t told, by one run on zeros, or on `--data`. What keeps its own cache is not compared with `--text`.',
    'Integer formats take their scales over a head of one token (int8) or 32 neighbors of it; `--keys per-channel` gives the channels of keys scales of their own, as KIVI does. MX formats and NF4 have blocks of 32 and 64 along the width of a head.',
    'In JupyterLab sliders set the length and the batch, and fields the memory of a device and what weights take of it: what fits, the longest context and the largest batch by format.',
  ],
  positionals: {
    model: expression(
      'The model. Without it `--layers`, `--heads` and `--head-dim` are needed.',
      TAKES.sized,
    ),
  },
  options: {
    formats: choices('Without it all of them.', NAMES),
    data: expression(
      'Inputs of an ONNX model that can’t be run on zeros of any length.',
      TAKES.tensors,
    ),
    layers: count('Attention layers.'),
    heads: count('Query heads of a layer.'),
    kvHeads: count('Heads with keys and values of their own. Without it as many as heads.'),
    headDim: count('Width of a head.'),
    sequence: count('Tokens. Without it as many as the model has positions for, else 4096.'),
    batch: count('Sequences. Without it 1, or 16 parts of the text.'),
    group: count('Neighbors of a head that share a scale in integer formats.'),
    keys: choice('Scales of the keys in integer formats.', ['per-token', 'per-channel']),
    residual: number('Newest tokens kept in fp32 beside formats with scales.', {
      min: 0,
      integer: true,
    }),
    text: expression('Held-out text, or tokens: compare the caches on it.', TAKES.tokens),
    vocabulary: expression('The `CharacterVocabulary` of the text.', 'a CharacterVocabulary'),
  },
  examples: [
    {
      code: '%kvcache --layers 32 --heads 32 --kv-heads 8 --head-dim 128 --sequence 8192',
      does: 'What Llama 3 8B keeps of 8192 tokens.',
    },
    {
      code: '%kvcache decoder --sequence 8192',
      does: 'The caches of an exported decoder, by the inputs that it has for them.',
    },
    { code: '%kvcache model --batch 8', does: 'The caches of `model`, full, by formula.' },
    {
      code: '%kvcache model --text heldOut --vocabulary vocabulary --formats none,fp32,int8,int4',
      does: 'Bytes as held, perplexity and tokens per second.',
    },
  ],
  expand: (given) => {
    const { model, text, vocabulary, layers, heads, kvHeads, headDim, sequence, batch, data } =
      given;
    const formats = withOptions(given);
    if (text !== undefined) {
      if (model === undefined) throw new MagicProblem('--text needs a model that reads it');
      const options = { formats, vocabulary, windows: batch, length: sequence };
      return {
        kind: 'expression',
        code: awaited('compareKvCache', model, text, options),
        shows: true,
      };
    }
    if (given.formats?.includes('none') === true) {
      throw new MagicProblem(
        'without a cache there is nothing to size',
        '`none` is for a comparison with --text',
      );
    }
    if (model !== undefined) {
      return {
        kind: 'expression',
        code: awaited('kvCacheTable', model, {
          formats,
          sequence,
          batch,
          data: data && { x: data },
        }),
        shows: true,
      };
    }
    if (layers === undefined || heads === undefined || headDim === undefined) {
      throw new MagicProblem('give a model, or --layers, --heads and --head-dim');
    }
    const dimensions = { layers, heads, kvHeads, headDim, sequence: sequence ?? 4096, batch };
    return {
      kind: 'expression',
      code: call('kvCacheTable', dimensions, { formats }),
      shows: true,
    };
  },
});

interface Given {
  readonly formats: readonly (NameWith<'kv'> | 'none')[] | undefined;
  readonly group: number | undefined;
  readonly keys: string | undefined;
  readonly residual: number | undefined;
}

/** The formats, those with scales with their options. */
function withOptions({ formats, group, keys, residual }: Given): Value {
  if (group === undefined && keys === undefined && residual === undefined) return formats;
  return (formats ?? KV_FORMATS).map((format) => {
    const kind = format === 'none' ? undefined : USES[format].kv;
    if (kind === undefined || 'stored' in kind) return format;
    if ('bits' in kind) return { format, groupSize: group, keys, residual };
    return residual === undefined ? format : { format, residual };
  });
}
