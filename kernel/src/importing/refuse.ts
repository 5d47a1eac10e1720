import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import type { GraphModelGraph, GraphModelNode } from './read-graph';

/** Kinds of ops, by tfjs-converter's categories, that no layer can be made of, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  control: 'is control flow, which a model of layers has none of',
  dynamic: 'gives as many values as it finds, where a layer has a shape',
  hash_table: 'looks up in a hash table',
  ragged: 'works on ragged tensors',
  string: 'works on text',
  tfdf: 'asks a decision forest',
};

const NAMED = 3;
const HINT =
  'Name the nodes to begin with and to stop at: layersModelOf(model, { inputs: { name: shape }, outputs: [...] }) takes what is between them.';

/** @throws HalfnoteError `unsupported-graph` for nodes of which no layer can be made. */
export function refuseNodes(nodes: readonly GraphModelNode[], caller: string): void {
  const bad = nodes.flatMap((node) => {
    const why = whyRefused(node);
    return why === undefined ? [] : [{ node, why }];
  });
  const [first] = bad;
  if (first === undefined) return;
  const others = bad.slice(1, NAMED).map(({ node }) => `'${node.name}' (${node.op})`);
  const more = bad.length > NAMED ? `, ${bad.length - NAMED} more` : '';
  const also = others.length === 0 ? '' : ` So ${others.join(', ')}${more}.`;
  throw new HalfnoteError(
    'unsupported-graph',
    `${caller}() can't take this GraphModel: its node '${first.node.name}' (${first.node.op}) ${first.why}.${also}`,
    HINT,
  );
}

function whyRefused({ op, category, attributes }: GraphModelNode): string | undefined {
  if (category === undefined) return 'is an op that tfjs does not know';
  if (attributes['dtype'] === 'string') return 'holds text';
  // A loop's own table of tensors is one of control flow.
  return op.startsWith('TensorList') || op.startsWith('TensorArray')
    ? REFUSED['control']
    : REFUSED[category];
}

/** @throws HalfnoteError `not-finite` for a weight with NaN or an infinity. */
export function refuseWeights(
  nodes: readonly GraphModelNode[],
  { weights }: GraphModelGraph,
  caller: string,
): void {
  for (const { name } of nodes) {
    const tensor = weights.get(name);
    if (tensor?.dtype !== 'float32') continue;
    const isFinite = tf.tidy(() => tf.all(tf.isFinite(tensor)).dataSync()[0] === 1);
    // Graphs mask with infinities: only what is no number can't be meant.
    if (isFinite || !tensor.dataSync().some(Number.isNaN)) continue;
    throw new HalfnoteError(
      'not-finite',
      `${caller}() can't take this GraphModel: its weight '${name}' of shape [${tensor.shape.join(', ')}] holds NaN.`,
      'Look at the file that it was loaded from: its weights are damaged, or were NaN when it was saved.',
    );
  }
}
