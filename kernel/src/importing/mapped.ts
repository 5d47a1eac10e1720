import type * as tf from '@tensorflow/tfjs';
import type { GraphModelNode, Ref } from './read-graph';
import type { GraphReader } from './reader';

/** A weight of a layer, row-major. */
export interface Weight {
  readonly values: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

export interface MappedLayer {
  /** What it is of the node, for its name; the last one has the node's name. */
  readonly part?: string;
  readonly make: (name: string) => tf.layers.Layer;
  readonly weights?: readonly Weight[];
}

/** The layers that compute what a node does, one after the other; the first reads `inputs`. */
export interface Mapped {
  readonly inputs: readonly Ref[];
  readonly layers: readonly MappedLayer[];
}

/** Turns a node into layers; undefined where no layer computes the same. */
export type Mapper = (node: GraphModelNode, graph: GraphReader) => Mapped | undefined;

/** One layer without weights. */
export function layerOf(inputs: readonly Ref[], make: MappedLayer['make']): Mapped {
  return { inputs, layers: [{ make }] };
}

export function flag(node: GraphModelNode, attribute: string): boolean {
  return node.attributes[attribute] === true;
}

export function numberOf(node: GraphModelNode, attribute: string, otherwise: number): number {
  const value = node.attributes[attribute];
  return typeof value === 'number' ? value : otherwise;
}

export function numbersOf(node: GraphModelNode, attribute: string): readonly number[] {
  const value = node.attributes[attribute];
  return Array.isArray(value) ? value.map(Number) : [];
}

export function textOf(node: GraphModelNode, attribute: string): string {
  const value = node.attributes[attribute];
  return typeof value === 'string' ? value.toLowerCase() : '';
}

/** Rows and columns of `[1, rows, columns, 1]`; undefined where batch and channels take part. */
export function onImages(values: readonly number[]): [number, number] | undefined {
  const [batch = 1, rows = 1, columns = 1, channels = 1] = values;
  return batch === 1 && channels === 1 ? [rows, columns] : undefined;
}
