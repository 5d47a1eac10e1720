import * as tf from '@tensorflow/tfjs';
import { paragraph, stacked, type Fallback } from '../display/fallback';
import type { Column } from '../display/table';
import { bytes, percent } from '../display/units';
import { variableOf } from '../display/variable-name';
import { type Verdict, verdict } from '../display/verdict';
import { worstFirst } from '../display/worst-first';
import { counted } from '../display/words';

const COLUMNS: readonly Column[] = [
  { header: 'layer' },
  { header: 'type', align: 'left' },
  { header: 'output shape', align: 'left' },
  { header: 'parameters' },
];
const BYTES_PER_PARAMETER = 4;

/** A model's layers with what they give and hold, as `model.summary()` of Keras lists them. */
export function modelSummary(model: tf.LayersModel): Fallback {
  const caption = `${model.getClassName()} "${model.name}"`;
  if (model.layers.length === 0) return paragraph(`${caption}, without layers yet`);
  const rows = model.layers.map((layer) => [
    layer.name,
    layer.getClassName(),
    outputShape(layer),
    count(sizeOf(layer.weights)),
  ]);
  const sizes = model.layers.map(({ weights }) => sizeOf(weights));
  return stacked(
    verdict(summaryVerdict(model, sizes)),
    worstFirst(
      COLUMNS,
      rows,
      sizes.map((_, i) => i).sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0)),
      { what: 'layers', order: 'most parameters first', caption },
    ),
  );
}

/** How large the model is, and where its parameters are. */
function summaryVerdict(model: tf.LayersModel, sizes: readonly number[]): Verdict {
  const all = sizeOf(model.weights);
  const size = bytes(all * BYTES_PER_PARAMETER);
  const largest = model.layers[sizes.indexOf(Math.max(...sizes))];
  const share = all === 0 ? 0 : Math.max(...sizes) / all;
  const where =
    largest === undefined || all === 0 || share === 1
      ? ''
      : `; ${percent(share)} of them in ${largest.name}`;
  const name = variableOf(model);
  return {
    sentence: `${counted(model.layers.length, 'layer')}, ${parameters(model)}; ${size} in fp32${where}.`,
    tone: 'good',
    ...(name !== undefined && { next: `%cost ${name}` }),
  };
}

/** A layer in one line: `Dense "dense_1": [null, 3], 9 parameters`. */
export function layerText(layer: tf.layers.Layer): string {
  const name = `${layer.getClassName()} "${layer.name}"`;
  return layer.inboundNodes.length === 0
    ? `${name}, not built yet`
    : `${name}: ${outputShape(layer)}, ${parameters(layer)}`;
}

/** Of a model of ops, whatever it was loaded from. */
type GraphModelFacts = Pick<tf.GraphModel, 'inputs' | 'outputs' | 'weights'>;

/** A model of ops in one line: what it takes, what it gives, how large its weights are. */
export function graphModelText({ inputs, outputs, weights }: GraphModelFacts): string {
  const list = (tensors: tf.GraphModel['inputs']): string =>
    tensors.map(({ name, shape }) => `${name} ${shapeText(shape ?? null)}`).join(', ');
  const all = Object.values(weights).flat();
  const size = all.reduce((sum, weight) => sum + weight.size, 0);
  return `GraphModel: ${list(inputs)} -> ${list(outputs)}, ${count(size)} parameters`;
}

function parameters({ trainableWeights, weights }: tf.layers.Layer): string {
  const all = sizeOf(weights);
  const fixed = all - sizeOf(trainableWeights);
  const head = `${count(all)} parameter${all === 1 ? '' : 's'}`;
  return fixed === 0 ? head : `${head}, ${count(fixed)} of them not trainable`;
}

function sizeOf(weights: tf.layers.Layer['weights']): number {
  return weights.reduce((sum, { shape }) => sum + tf.util.sizeFromShape(shape as number[]), 0);
}

function outputShape(layer: tf.layers.Layer): string {
  try {
    return shapesText(layer.outputShape);
  } catch {
    // tfjs names no shape of a layer that is called on inputs of several.
    const shapes = layer.inboundNodes.map(({ outputShapes }) => shapesText(outputShapes));
    return [...new Set(shapes)].join(' or ');
  }
}

function shapesText(shapes: tf.Shape | tf.Shape[]): string {
  return isList(shapes) ? shapes.map(shapeText).join(', ') : shapeText(shapes);
}

function isList(shapes: tf.Shape | tf.Shape[]): shapes is tf.Shape[] {
  return Array.isArray(shapes[0]);
}

function shapeText(shape: readonly (number | null)[] | null): string {
  return shape === null ? 'any shape' : `[${shape.map((size) => size ?? 'null').join(', ')}]`;
}

function count(figure: number): string {
  return figure.toLocaleString('en');
}
