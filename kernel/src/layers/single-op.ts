import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { GraphOpArgument, GraphOpDefinition } from './graph-op-definition';

const NODE = 'op';

/** What tfjs-converter has of a node, and its types do not say. */
interface Node {
  readonly inputNames: readonly string[];
  readonly inputParams: Record<string, Parameter & { readonly inputIndexStart?: number }>;
  readonly attrParams: Record<string, Parameter & { readonly value: unknown }>;
}

interface Parameter {
  readonly type: string;
}

interface Executor {
  readonly graph: {
    readonly nodes: Readonly<Record<string, Node>>;
    /** Nodes whose values are known from the beginning. */
    readonly weights: Node[];
  };
  weightMap: Record<string, Tensor[]>;
}

/** One TensorFlow op, run by tfjs-converter as the only node of a graph. */
export class SingleOp {
  readonly #model: tf.GraphModel<tf.io.IOHandlerSync>;
  /** What each argument is, but for those that became attributes. */
  readonly #arguments: readonly (readonly [name: string, argument: GraphOpArgument])[];
  readonly #outputs: readonly string[];

  constructor(definition: GraphOpDefinition) {
    const named = definition.arguments.map((argument, i) => [`in${i}`, argument] as const);
    this.#model = tf.loadGraphModelSync({
      modelTopology: {
        versions: { producer: 1, minConsumer: 0 },
        node: [
          ...named.map(([name]) => ({ name, op: 'Placeholder', attr: {} })),
          {
            name: NODE,
            op: definition.op,
            input: named.map(([name]) => name),
            attr: definition.attributes,
          },
        ],
      },
      weightSpecs: [],
      weightData: new ArrayBuffer(0),
    });
    const { executor } = this.#model as unknown as { readonly executor: Executor };
    const taken = asAttributes(executor.graph.nodes[NODE] as Node, definition.arguments);
    // Nothing reads them any more, but tfjs wants a node's inputs to be there.
    executor.weightMap = Object.fromEntries([...taken].map((name) => [name, []]));
    executor.graph.weights.push(...[...taken].map((name) => executor.graph.nodes[name] as Node));
    this.#arguments = named.filter(([name]) => !taken.has(name));
    this.#outputs = definition.results.map(({ index }) => `${NODE}:${index}`);
  }

  /** The op's results. `inputs` and `weights` in the order of the arguments that they are. */
  execute(inputs: readonly Tensor[], weights: readonly Tensor[]): Tensor[] {
    const [nextInput, nextWeight] = [inputs.values(), weights.values()];
    const given = this.#arguments.map(([name, argument]): [string, Tensor] => {
      if (argument.from === 'input') return [name, nextInput.next().value as Tensor];
      if (argument.from === 'weight') return [name, nextWeight.next().value as Tensor];
      const { values, shape, dtype } = argument;
      return [name, tf.tensor([...values], [...shape], dtype)];
    });
    return [this.#model.execute(Object.fromEntries(given), [...this.#outputs])].flat();
  }
}

/**
 * Makes constants that are no tensors to the op (axes, sizes, shapes) attributes of its node, and names
 * them: tfjs reads an argument's values at each call, which waits for the device.
 */
function asAttributes(node: Node, args: readonly GraphOpArgument[]): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const [key, { type, inputIndexStart: start }] of Object.entries(node.inputParams)) {
    if (start === undefined || type === 'tensor' || type === 'tensors') continue;
    const at = start < 0 ? start + args.length : start;
    const argument = args[at];
    if (argument?.from !== 'constant') continue;
    const value = type === 'number' ? argument.values[0] : nested(argument.values, argument.shape);
    node.attrParams[key] = { type, value };
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- tfjs looks there first.
    delete node.inputParams[key];
    taken.add(`in${at}`);
  }
  return taken;
}

type Nested = number | readonly Nested[];

function nested(values: readonly number[], [size, ...rest]: readonly number[]): Nested {
  if (size === undefined) return values[0] ?? 0;
  const step = values.length / Math.max(size, 1);
  return Array.from({ length: size }, (_, i) =>
    nested(values.slice(i * step, (i + 1) * step), rest),
  );
}
