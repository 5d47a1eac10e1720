import { fromTable, HalfnoteError, nearest, shown } from '../errors';
import { isPattern, matches } from '../precision/policies/keep';
import type { FusedGraph } from '../graph/fused-graph';
import type { GraphNode, ModelGraph } from '../models/model-graph';
import { weightFormatNamed } from '../formats/weight-names';
import { FORMATS } from '../formats/table';
import { USES, type WeightName } from '../formats/uses';
import type { WeightFormat } from '../graph/quantized-graph';
import { rulesOf, WEIGHT_SCALE_RULES, type WeightScaleRule } from '../graph/scale-rules';
import { isBlockFormat, type WeightGranularity } from '../graph/weight-codes';

/** What a layer's weights can be kept in; `fp32` leaves the layer as it is. */
export type LayerFormat = WeightFormat | 'fp32';

export interface LayerOptions {
  readonly weights?: WeightName | 'fp32';
  /** Not of blocks, which have their size. */
  readonly granularity?: WeightGranularity;
  /** Of integers and floats. */
  readonly scaleRule?: WeightScaleRule;
  /** Of `nf4`: the scales of its blocks become FP8 codes in turn (QLoRA). */
  readonly doubleQuantize?: boolean;
}

/** The same with each format by its own name. */
export interface SettledLayer extends Omit<LayerOptions, 'weights'> {
  readonly weights?: LayerFormat;
}

/**
 * Layers with options of their own, by name, path (`encoder/dense_1`) or pattern with `*` and `?`:
 * `{ 'dense_*': 'int4', head: 'fp32' }`, or as text: `dense_*=int4,head=fp32`. The last that
 * matches holds.
 */
export type LayerSettings = string | Readonly<Record<string, WeightName | 'fp32' | LayerOptions>>;

/** Names, paths or patterns of layers, as a list or with commas between. */
export type LayerNames = string | readonly string[];

export interface LayerRule {
  readonly pattern: string;
  readonly options: SettledLayer;
}

const GRANULARITIES = { 'per-channel': true, 'per-tensor': true } as const;

/** @throws HalfnoteError `invalid-layers` for what is no `layer=format`, `unknown-...` for names. */
export function parseLayers(layers: LayerSettings | undefined): readonly LayerRule[] {
  if (layers === undefined) return [];
  return entries(layers).map(([name, value]) => {
    const options = typeof value === 'string' ? { weights: value as WeightName } : value;
    if (typeof options !== 'object' || options === null || name.trim() === '') throw bad(layers);
    return { pattern: name.trim(), options: settleLayer(options) };
  });
}

function entries(layers: unknown): (readonly [string, unknown])[] {
  if (typeof layers === 'string') {
    return layers.split(',').map((part) => {
      const at = part.lastIndexOf('=');
      if (at < 0) throw bad(part);
      return [part.slice(0, at), part.slice(at + 1).trim()];
    });
  }
  // JavaScript can hand over anything.
  if (typeof layers !== 'object' || layers === null || Array.isArray(layers)) throw bad(layers);
  return Object.entries(layers);
}

/**
 * The options with formats by their own names. What one format can't have is refused where both are
 * given together; what is given for all layers holds for those whose format can have it.
 * @throws HalfnoteError `unknown-weight-format`, `unknown-granularity`, `unknown-scale-rule`,
 *   `invalid-option`.
 */
export function settleLayer({ weights: name, ...others }: LayerOptions): SettledLayer {
  const { granularity, scaleRule, doubleQuantize } = others;
  const weights = name === undefined || name === 'fp32' ? name : weightFormatNamed(name, ['fp32']);
  if (scaleRule !== undefined) fromTable(WEIGHT_SCALE_RULES, scaleRule, 'scale rule');
  if (typeof granularity === 'string') fromTable(GRANULARITIES, granularity, 'granularity');
  else if (granularity !== undefined && !isGroup(granularity)) {
    throw new HalfnoteError(
      'unknown-granularity',
      `${shown(granularity)} is no granularity. Allowed: 'per-channel', 'per-tensor', { group: size } with a size of at least 1.`,
    );
  }
  if (doubleQuantize !== undefined && typeof doubleQuantize !== 'boolean') {
    throw invalid(`doubleQuantize is ${shown(doubleQuantize)}; allowed are true and false.`);
  }
  if (weights === undefined) return others;
  checkTogether(weights, others);
  return { ...others, weights };
}

function checkTogether(
  weights: LayerFormat,
  { granularity, scaleRule, doubleQuantize }: Omit<SettledLayer, 'weights'>,
): void {
  if (doubleQuantize === true && weights !== 'nf4') {
    throw invalid(
      `doubleQuantize is for the scales of nf4, not for ${weights}.`,
      "Leave it out, or use weights: 'nf4'.",
    );
  }
  if (weights === 'fp32') return;
  if (isBlockFormat(weights) && (granularity !== undefined || scaleRule !== undefined)) {
    const option = granularity === undefined ? 'scale rule' : 'granularity';
    throw invalid(
      `${weights} has no ${option} to choose: it is made of blocks along the depth, with a scale each by the format's own rule.`,
      `Leave the ${option} out, or use a format of single numbers, such as ${FORMATS[USES[weights].weights.codes].kind === 'float' ? USES[weights].weights.codes : 'int4'}.`,
    );
  }
  const rules = rulesOf(weights);
  if (scaleRule === undefined || rules.length === 0 || rules.includes(scaleRule)) return;
  throw invalid(`Scale rule '${scaleRule}' is not for ${weights}. Allowed: ${rules.join(', ')}.`);
}

function invalid(message: string, hint?: string): HalfnoteError {
  return new HalfnoteError('invalid-option', message, hint);
}

function isGroup(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('group' in value)) return false;
  return Number.isInteger(value.group) && Number(value.group) >= 1;
}

/** The options that name layers. */
export type NamingOption = 'include' | 'exclude';

export function parseNames(names: LayerNames | undefined, option: NamingOption): readonly string[] {
  if (names === undefined) return [];
  const list: unknown = typeof names === 'string' ? names.split(',') : names;
  if (!Array.isArray(list) || !list.every((name) => typeof name === 'string' && name.trim())) {
    throw new HalfnoteError(
      option === 'include' ? 'invalid-include' : 'invalid-exclude',
      `${shown(names)} names no layers; allowed are names, paths or patterns, as a list or with commas between.`,
      `For example: ${option}: ['head', 'conv*'].`,
    );
  }
  return list.map((name: string) => name.trim());
}

function bad(value: unknown): HalfnoteError {
  const given = typeof value === 'string' ? `"${value}"` : shown(value);
  return new HalfnoteError(
    'invalid-layers',
    `${given} doesn't say which layer is to be quantized how; allowed are a layer's name or a pattern, = and a format.`,
    "For example: layers: { head: 'fp32', 'dense_*': 'int4' }, or 'head=fp32,dense_*=int4'.",
  );
}

export interface LayerChoice {
  readonly base: SettledLayer & { readonly weights: LayerFormat };
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly rules: readonly LayerRule[];
}

/** Which layer is quantized how: `exclude` before `layers` before `include` before the base. */
export class LayerPlans {
  /** @throws HalfnoteError `unknown-layer` where a name or pattern meets no layer of the model. */
  constructor(
    graph: ModelGraph,
    private readonly choice: LayerChoice,
  ) {
    const paths = [...new Set(graph.nodes.map(({ id }) => pathOf(id)))];
    const named: (readonly [string, readonly string[]])[] = [
      ['include', choice.include],
      ['exclude', choice.exclude],
      ['layers', choice.rules.map(({ pattern }) => pattern)],
    ];
    for (const [option, patterns] of named) {
      for (const pattern of patterns) checkMet(pattern, option, paths, graph.name);
    }
  }

  /** Why a layer is to stay in float; undefined where it isn't. */
  readonly keep = ({ id, layer }: GraphNode): string | undefined => {
    const { include, exclude } = this.choice;
    const excluded = exclude.find((pattern) => matches(pattern, pathOf(id)));
    if (excluded !== undefined) return `excluded by '${excluded}'`;
    const rule = this.#ruleOf(id);
    if (rule?.options.weights !== undefined) {
      return rule.options.weights === 'fp32' ? `fp32 by '${rule.pattern}'` : undefined;
    }
    const isIncluded = include.some((pattern) => matches(pattern, pathOf(id)));
    return include.length === 0 || layer.weights.length === 0 || isIncluded
      ? undefined
      : 'not included';
  };

  optionsOf(id: string): LayerChoice['base'] {
    return { ...this.choice.base, ...this.#ruleOf(id)?.options };
  }

  /** @throws HalfnoteError `not-quantizable` where a layer was named for a format that it can't have. */
  check({ nodes }: ModelGraph, fused: FusedGraph): void {
    const products = fused.nodes.filter(({ op }) => op.kind === 'linear');
    // One call is enough: tied embeddings are looked up in one, and multiplied by in another.
    const quantized = new Set(products.map(({ fused: [first = ''] }) => pathOf(first)));
    for (const node of nodes) {
      const rule = this.#ruleOf(node.id);
      const isNamed = rule?.options.weights !== undefined && !isPattern(rule.pattern);
      if (!isNamed || quantized.has(pathOf(node.id)) || this.keep(node) !== undefined) continue;
      const op = fused.nodes.find(({ id }) => id === node.id)?.op;
      throw new HalfnoteError(
        'not-quantizable',
        `Layer '${node.id}' (${node.layer.getClassName()}) cannot be ${rule.options.weights ?? ''}: ${op?.kind === 'float' ? op.reason : 'it has no weights to quantize'}.`,
        'Leave it out of `layers`.',
      );
    }
  }

  #ruleOf(id: string): LayerRule | undefined {
    return this.choice.rules.findLast(({ pattern }) => matches(pattern, pathOf(id)));
  }
}

/** The layer's path: the id without the number of the call. */
function pathOf(id: string): string {
  return id.replace(/#\d+$/, '');
}

function checkMet(pattern: string, option: string, paths: readonly string[], model: string): void {
  if (paths.some((path) => matches(pattern, path))) return;
  const near = isPattern(pattern) ? [] : nearest(pattern, paths);
  throw new HalfnoteError(
    'unknown-layer',
    `No layer of model '${model}' matches '${pattern}' in \`${option}\`; its layers are ${paths.join(', ')}.`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : undefined,
  );
}
