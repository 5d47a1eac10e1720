import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { FusedGraph, FusedNode } from '../../graph/fused-graph';
import {
  activate,
  type LinearWeights,
  product,
  runNode,
  weightTensors,
} from '../../graph/run-node';
import { weightShape } from '../../integer/product';
import { isLinear, type LinearNode } from './float-graph';
import { cutBatches, Values } from './values';

/** What a linear layer sees and should give, batch by batch. The stream owns the tensors. */
export interface LayerData {
  /** Inputs as the layers before it make them with their rounded weights. */
  readonly inputs: readonly Tensor[];
  /** Outputs of the float model before the activation. */
  readonly targets: readonly Tensor[];
}

/** What a rounded layer computes with: dequantized kernel, and bias. */
export interface RoundedWeights {
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

const ROWS = 64;

/**
 * Runs a float model and its rounded twin side by side, layer by layer, and asks `round` for each
 * linear layer's weights when the layers before it have theirs. Undefined leaves a layer in float.
 * No value is kept longer than it is read. The promise yields to the event loop at each layer.
 */
export async function streamLayers(
  graph: FusedGraph,
  batches: readonly (readonly Tensor[])[],
  round: (node: LinearNode, data: LayerData) => Promise<RoundedWeights | undefined>,
): Promise<void> {
  const pieces = cutBatches(batches, ROWS);
  const float = new Values(graph, pieces);
  const rounded = new Values(graph, pieces);
  for (const tensor of pieces.flat()) tensor.dispose();
  try {
    for (const node of graph.nodes) {
      if (isLinear(node)) {
        await linear(node, float, rounded, round);
      } else {
        for (const values of [float, rounded]) pass(node, values);
      }
    }
  } finally {
    float.dispose();
    rounded.dispose();
  }
}

/** Runs a float model layer by layer, and shows each linear layer's inputs, batch by batch. */
export async function streamFloat(
  graph: FusedGraph,
  batches: readonly (readonly Tensor[])[],
  visit: (node: LinearNode, inputs: readonly Tensor[]) => void,
): Promise<void> {
  const pieces = cutBatches(batches, ROWS);
  const values = new Values(graph, pieces);
  for (const tensor of pieces.flat()) tensor.dispose();
  try {
    for (const node of graph.nodes) {
      if (!isLinear(node)) {
        pass(node, values);
        continue;
      }
      await new Promise(setImmediate);
      const inputs = values.inputsOf(node);
      visit(
        node,
        inputs.map(([x]) => x as Tensor),
      );
      const weights = weightTensors(node.op);
      try {
        values.done(
          node,
          inputs.map((own) => runNode(node, own, weights)),
        );
      } finally {
        dispose(weights);
      }
    }
  } finally {
    values.dispose();
  }
}

function pass(node: FusedNode, values: Values): void {
  values.done(
    node,
    values
      .inputsOf(node)
      .map((inputs, batch) => runNode(node, inputs, undefined, values.maskOf(node, batch))),
  );
}

async function linear(
  node: LinearNode,
  float: Values,
  rounded: Values,
  round: (node: LinearNode, data: LayerData) => Promise<RoundedWeights | undefined>,
): Promise<void> {
  const weights = weightTensors(node.op);
  const run = (x: Tensor, own: LinearWeights): Tensor =>
    tf.tidy(() => product(x, own, node.op.geometry));
  const targets: Tensor[] = [];
  try {
    for (const [x] of float.inputsOf(node)) targets.push(run(x as Tensor, weights));
    const inputs = rounded.inputsOf(node).map(([x]) => x as Tensor);
    await new Promise(setImmediate);
    const replaced = await round(node, { inputs, targets });
    const own = replaced === undefined ? weights : tensorsOf(node, replaced);
    const finish = (y: Tensor): Tensor[] => [
      tf.tidy(() => tf.clone(activate(node.op.activation, y))),
    ];
    try {
      rounded.done(
        node,
        inputs.map((x) => {
          const y = run(x, own);
          const output = finish(y);
          y.dispose();
          return output;
        }),
      );
    } finally {
      if (own !== weights) dispose(own);
    }
    float.done(node, targets.map(finish));
  } finally {
    for (const tensor of targets) tensor.dispose();
    dispose(weights);
  }
}

function tensorsOf({ op }: LinearNode, { kernel, bias }: RoundedWeights): LinearWeights {
  return { kernel: tf.tensor(kernel, weightShape(op.geometry)), bias: tf.tensor1d(bias) };
}

function dispose({ kernel, bias }: LinearWeights): void {
  kernel.dispose();
  bias.dispose();
}
