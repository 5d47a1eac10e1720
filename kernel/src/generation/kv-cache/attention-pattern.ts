import type { AttentionSite } from '../attention-site';

/** A node of any graph, as far as attention is looked for in it. */
export interface PatternNode {
  readonly name: string;
  /** By ONNX's, TensorFlow's or tfjs's name. */
  readonly op: string;
  /** Without constants. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface PatternGraph {
  readonly nodes: readonly PatternNode[];
  /** `null` where a size is open; undefined where nothing is known. */
  readonly shapeOf: (value: string) => readonly (number | null)[] | undefined;
  /** Rows of a batch in these shapes; `null` where the first axis is open. */
  readonly batch: number | null;
}

/** Attention that was found, and how many tokens it looks at in these shapes. */
export interface FoundAttention extends AttentionSite {
  readonly tokens: number | null;
}

const PRODUCTS = [
  'MatMul',
  'BatchMatMul',
  'BatchMatMulV2',
  'BatchMatMulV3',
  'FusedMatMul',
  'Einsum',
  'Dot',
];
/** Scales, masks, casts and turned axes between the products and the softmax. */
const THROUGH = new Set([
  ...['Mul', 'Multiply', 'Div', 'RealDiv', 'Add', 'AddV2', 'AddN', 'Sub', 'Subtract'],
  ...['Where', 'Select', 'SelectV2', 'Cast', 'Identity', 'Dropout', 'Clip', 'ClipByValue'],
  ...['Max', 'Maximum', 'Min', 'Minimum', 'Tanh', 'Activation', 'Rescaling'],
  ...['Reshape', 'Transpose', 'Permute', 'Unsqueeze', 'ExpandDims', 'Squeeze'],
]);
/** What gives several query heads the same keys. */
const REPEATS = new Set(['Expand', 'Tile', 'BroadcastTo', 'RepeatVector']);

/**
 * Attention that a graph writes out: a product of two activations, scales and masks, a softmax, and a
 * product with a third. Heads are the axes before the last two; keys that are repeated for several
 * query heads count once.
 */
export function attentionPatterns(graph: PatternGraph): FoundAttention[] {
  const makers = new Map<string, PatternNode>();
  const takers = new Map<string, PatternNode[]>();
  for (const node of graph.nodes) {
    for (const output of node.outputs) makers.set(output, node);
    for (const input of node.inputs) takers.set(input, [...(takers.get(input) ?? []), node]);
  }
  return graph.nodes.flatMap((node): FoundAttention[] => {
    if (node.op !== 'Softmax') return [];
    const [scores, probabilities] = [node.inputs[0] ?? '', node.outputs[0] ?? ''];
    const first = reach([scores], (name) => {
      const maker = makers.get(name);
      return maker && { node: maker, further: maker.inputs };
    });
    const second = reach([probabilities], (name) =>
      (takers.get(name) ?? []).map((taker) => ({
        node: taker,
        further: taker.outputs,
        from: name,
      })),
    );
    if (first === undefined || second === undefined) return [];
    return siteOf(first.node, second, graph, makers);
  });
}

interface Step {
  readonly node: PatternNode;
  readonly further: readonly string[];
  /** The value by which it was reached. */
  readonly from?: string;
}

/** The nearest product of two activations, over scales and masks. */
function reach(
  from: readonly string[],
  next: (name: string) => Step | readonly Step[] | undefined,
): Step | undefined {
  const seen = new Set(from);
  const queue = [...from];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    for (const step of [next(name) ?? []].flat()) {
      if (isProduct(step.node)) return step;
      if (!THROUGH.has(step.node.op)) continue;
      for (const further of step.further) {
        if (!seen.has(further)) queue.push(further);
        seen.add(further);
      }
    }
  }
  return undefined;
}

function isProduct({ op, inputs }: PatternNode): boolean {
  return PRODUCTS.includes(op) && inputs.length === 2;
}

function siteOf(
  first: PatternNode,
  second: Step,
  graph: PatternGraph,
  makers: ReadonlyMap<string, PatternNode>,
): FoundAttention[] {
  const values = second.node.inputs.find((name) => name !== second.from) ?? '';
  const scores = graph.shapeOf(first.outputs[0] ?? '');
  const shape = graph.shapeOf(values);
  const headDim = shape?.at(-1);
  const heads = scores && headsOf(scores, graph.batch);
  const own = shape && headsOf(shape, graph.batch);
  if (typeof headDim !== 'number' || heads === undefined || own === undefined) return [];
  const kvHeads = own / repeats(values, graph, makers);
  if (!Number.isInteger(kvHeads) || heads % kvHeads !== 0) return [];
  return [{ name: first.name, heads, kvHeads, headDim, tokens: scores?.at(-1) ?? null }];
}

/** All axes but the batch and the last two, multiplied; undefined where one is open. */
function headsOf(shape: readonly (number | null)[], batch: number | null): number | undefined {
  if (shape.length < 3) return 1;
  // With three axes, batch and heads share the first.
  const [first = null] = shape;
  if (shape.length === 3) {
    if (batch === null) return first ?? 1;
    return first === null ? undefined : first / batch;
  }
  const axes = shape.slice(1, -2);
  return axes.reduce<number | undefined>(
    (product, size) => (size === null || product === undefined ? undefined : product * size),
    1,
  );
}

/** How often a value was repeated since it was made. */
function repeats(
  value: string,
  graph: PatternGraph,
  makers: ReadonlyMap<string, PatternNode>,
): number {
  let times = 1;
  for (let node = makers.get(value); node !== undefined;) {
    const [input = ''] = node.inputs;
    if (REPEATS.has(node.op)) {
      times *= growth(graph.shapeOf(input), graph.shapeOf(node.outputs[0] ?? ''));
    } else if (!THROUGH.has(node.op)) {
      break;
    }
    node = makers.get(input);
  }
  return times;
}

function growth(
  before: readonly (number | null)[] | undefined,
  after: readonly (number | null)[] | undefined,
): number {
  const count = (shape: readonly (number | null)[] | undefined): number =>
    (shape ?? []).reduce<number>((product, size) => product * (size ?? 1), 1);
  return count(after) / count(before);
}
