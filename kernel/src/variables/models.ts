import type { VariableLayer } from '../payloads/comms';
import { classNameOf, dataOf, isPlainToRead, itemsOf, ownData } from './data-of';
import { tensorFacts, type TensorFacts } from './tensors';

/** A model as its weights say. */
export interface ModelFacts {
  readonly layers: readonly VariableLayer[];
  readonly parameters: number;
  /** All formats of its weights, that of the most bytes first. */
  readonly format: string;
  readonly bytes: number;
}

/** By this a class of ours tells its facts, where its weights can't be found in its fields. */
export const MODEL_FACTS: unique symbol = Symbol.for('halfnote.model-facts');

/** Layers within layers: wrappers, cells of recurrent layers, models within models. */
const DEEPEST = 6;
const MOST_LAYERS = 5000;

/** What is known of a model of tfjs or of ours; undefined for anything else. */
export function modelFacts(value: unknown): ModelFacts | undefined {
  if (!isPlainToRead(value)) return undefined;
  const own = ownFacts(value);
  if (own !== undefined) return own;
  const layers = itemsOf(ownData(value, 'layers'), MOST_LAYERS);
  if (layers !== undefined && isLayer(value)) return together(layers.map(layerOf));
  const weights = ownData(ownData(value, 'executor'), '_weightMap');
  return isPlainToRead(weights) ? together(weightsOf(weights)) : undefined;
}

function ownFacts(value: object): ModelFacts | undefined {
  const tell = dataOf(value, MODEL_FACTS);
  if (typeof tell !== 'function') return undefined;
  try {
    return (tell as () => ModelFacts).call(value);
  } catch {
    // One that is disposed of.
    return undefined;
  }
}

/** tfjs's own fields of a layer; a model is one, too. */
function isLayer(value: unknown): boolean {
  return itemsOf(ownData(value, '_trainableWeights'), 0) !== undefined;
}

function layerOf(layer: unknown): VariableLayer {
  const name = ownData(layer, 'name');
  const type = isPlainToRead(layer) ? classNameOf(layer) : undefined;
  return row(typeof name === 'string' ? name : '', type ?? 'Layer', tensorsOf(layer));
}

/** The weights of a layer and of those within it, each once. */
function tensorsOf(
  layer: unknown,
  seen = new Set<unknown>(),
  depth = DEEPEST,
): readonly TensorFacts[] {
  if (depth === 0 || seen.has(layer) || !isPlainToRead(layer)) return [];
  seen.add(layer);
  const own = ['_trainableWeights', '_nonTrainableWeights'].flatMap(
    (key) => itemsOf(ownData(layer, key), MOST_LAYERS) ?? [],
  );
  const facts = own.flatMap((weight) => {
    const tensor = ownData(weight, 'val');
    if (seen.has(tensor)) return [];
    seen.add(tensor);
    return tensorFacts(tensor) ?? [];
  });
  const within = Object.keys(layer).flatMap((key) => {
    const part = ownData(layer, key);
    return (itemsOf(part, MOST_LAYERS) ?? [part]).filter(isLayer);
  });
  return [...facts, ...within.flatMap((part) => tensorsOf(part, seen, depth - 1))];
}

/** A model of ops: each of its weights is a row. */
function weightsOf(weights: object): readonly VariableLayer[] {
  return Object.keys(weights)
    .slice(0, MOST_LAYERS)
    .flatMap((name) => {
      const tensors = itemsOf(ownData(weights, name), MOST_LAYERS) ?? [];
      const facts = tensors.flatMap((tensor) => tensorFacts(tensor) ?? []);
      return facts.length === 0 ? [] : [row(name, 'weight', facts)];
    });
}

function row(name: string, type: string, tensors: readonly TensorFacts[]): VariableLayer {
  return {
    name,
    type,
    parameters: sum(tensors.map(({ size }) => size)),
    format: formatsOf(tensors),
    bytes: sum(tensors.map(({ bytes }) => bytes)),
  };
}

function together(layers: readonly VariableLayer[]): ModelFacts {
  return {
    layers,
    parameters: sum(layers.map(({ parameters }) => parameters)),
    format: formatsOf(layers),
    bytes: sum(layers.map(({ bytes }) => bytes)),
  };
}

/** The formats of what has one, that of the most bytes first. */
export function formatsOf(
  parts: readonly { readonly format: string; readonly bytes: number }[],
): string {
  const bytes = new Map<string, number>();
  for (const part of parts)
    for (const format of part.format.split(', ').filter((name) => name !== ''))
      bytes.set(format, (bytes.get(format) ?? 0) + part.bytes);
  return [...bytes]
    .sort(([, a], [, b]) => b - a)
    .map(([format]) => format)
    .join(', ');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
