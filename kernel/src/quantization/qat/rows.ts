import type * as tf from '@tensorflow/tfjs';
import { fuseGraph } from '../../graph/fuse';
import type { FusedGraph } from '../../graph/fused-graph';
import { keepsCodes } from '../../graph/integer-values';
import { readModel } from '../../graph/read-model';
import { modelGraph } from '../../models/model-graph';
import type { WeightFormat } from '../../graph/quantized-graph';
import type { AffineParams } from '../../integer/affine';
import { notPrepared } from './errors';
import { keptLayers } from './kept';
import { strip, type Stripped } from './strip';
import type { WeightLayer } from './weight-layer';

/** What is rounded at one layer of a fake-quantized model. */
export interface QatRow {
  /** The layer's id, or an input's. */
  readonly name: string;
  /** The layer's class, or `Input`. */
  readonly kind: string;
  /** Undefined where no weights are rounded. */
  readonly weights:
    | {
        readonly format: WeightFormat;
        readonly largestCode: number;
        /** The smallest and the largest of the channels' scales. */
        readonly scales: readonly [number, number];
      }
    | undefined;
  /** What the inputs of a product are rounded to; its scale once a training step has shown a range. */
  readonly inputs:
    { readonly format: WeightFormat; readonly scale: number | undefined } | undefined;
  /** `uint8` where the output is rounded, `as input` where it is on its input's grid already. */
  readonly output: 'uint8' | 'as input' | 'float';
  /** Of a rounded output; undefined before a training step has shown a range. */
  readonly params: AffineParams | undefined;
  /** True for a layer with weights of which none is rounded or folded. */
  readonly isFloat: boolean;
  readonly note: string;
}

/** A row per input and per call of a layer, in the order of execution. */
export function describeRows(qat: tf.LayersModel): QatRow[] {
  const stripped = strip(modelGraph(qat));
  const { model, weights, ranges } = stripped;
  try {
    if (weights.size === 0) throw notPrepared(qat.name, 'what is rounded in it');
    const read = readModel(model);
    const { graph } = read;
    const kept = keptLayers(qat);
    const fused = fuseGraph(read, ({ id }) => kept[id]);
    const remarks = remarksOf(fused);
    const onGrid = valuesOnGrid(fused, stripped);
    const row = (name: string, kind: string, output: string): QatRow => ({
      name,
      kind,
      weights: summaryOf(weights.get(name)),
      inputs: inputsOf(weights.get(name)),
      output: ranges.has(output) ? 'uint8' : onGrid.has(output) ? 'as input' : 'float',
      params: ranges.get(output)?.params(),
      isFloat: false,
      note: remarks.get(name) ?? '',
    });
    return [
      ...graph.inputs.map(({ id }) => row(id, 'Input', id)),
      ...graph.nodes.map(({ id, layer, outputs }) => ({
        ...row(id, layer.getClassName(), outputs[0] ?? id),
        isFloat: layer.weights.length > 0 && isFloat(id, fused),
      })),
    ];
  } finally {
    for (const weight of model.weights) weight.dispose();
  }
}

/** What is said of layers that do not stand for themselves. */
function remarksOf({ nodes }: FusedGraph): Map<string, string> {
  const remarks = new Map<string, string>();
  for (const { op, fused } of nodes) {
    const [first = '', ...others] = fused;
    if (op.kind === 'float') remarks.set(first, op.reason);
    else for (const id of others) remarks.set(id, `becomes part of ${first}`);
  }
  return remarks;
}

/** Values that pools, moves and joins make of rounded ones. */
function valuesOnGrid({ nodes }: FusedGraph, { ranges }: Stripped): Set<string> {
  const values = new Set(ranges.keys());
  for (const node of nodes) {
    if (keepsCodes(node) && node.inputs.every((id) => values.has(id))) values.add(node.output);
  }
  return values;
}

function isFloat(id: string, { nodes }: FusedGraph): boolean {
  const own = nodes.filter(({ fused }) => fused[0] === id);
  return own.length > 0 && own.every(({ op }) => op.kind === 'float');
}

function inputsOf(layer: WeightLayer | undefined): QatRow['inputs'] {
  const rounding = layer?.inputRounding;
  return rounding && { format: rounding.scheme.format, scale: rounding.scale };
}

function summaryOf(layer: WeightLayer | undefined): QatRow['weights'] {
  if (layer === undefined) return undefined;
  const { format, largestCode } = layer.scheme;
  const { scales } = layer.codes();
  const least = scales.reduce((a, b) => Math.min(a, b), Infinity);
  const most = scales.reduce((a, b) => Math.max(a, b), 0);
  return { format, largestCode, scales: [least, most] };
}
