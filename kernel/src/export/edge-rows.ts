import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { type RandomKey, randomKey, splitKey, uniform } from '../formats/random';
import { innerLayers } from '../models/inner-layers';
import { traitsOf } from '../models/layer-traits';
import type { GraphValue, ValueId } from '../models/model-graph';

/** Rows at the edges of what a model's layers take: what an export is compared on. */
export interface EdgeRows {
  /** One per input; the caller disposes of them. */
  readonly tensors: readonly Tensor[];
  /** What each row is, for a message. */
  readonly names: readonly RowName[];
}

/** What an input is known to hold: whole numbers below `words`, or numbers of a range. */
export interface InputFacts {
  readonly words?: number | undefined;
  readonly range?: { readonly low: number; readonly high: number } | undefined;
}

const ROWS = [
  'usual numbers',
  'zeros',
  'small numbers',
  'negative numbers',
  'other usual numbers',
  'large numbers',
] as const;
export type RowName = (typeof ROWS)[number];

/** Beyond what models are trained on: a format may give out there, which is to be said, not refused. */
export function isBeyond(row: RowName | undefined): boolean {
  return row === 'large numbers';
}

const SMALL = 1e-4;
const LARGE = 100;

/**
 * @param open For axes whose size the model leaves open.
 */
export function edgeRows(
  inputs: readonly GraphValue[],
  factsOf: (id: ValueId) => InputFacts,
  open: number,
): EdgeRows {
  const fixed = inputs[0]?.shape[0] ?? undefined;
  const rows = fixed === undefined ? ROWS.length : Math.max(fixed, 1);
  const names = Array.from(
    { length: rows },
    (_, row) => ROWS[row % ROWS.length] ?? 'usual numbers',
  );
  const tensors = inputs.map(({ id, shape, dtype }, index) => {
    const sizes = shape.slice(1).map((size) => size ?? open);
    const size = sizes.reduce((a, b) => a * b, 1);
    const facts = factsOf(id);
    const isWhole = dtype !== 'float32' || facts.words !== undefined;
    const key = randomKey(index + 1);
    const [uniforms, normals] = isWhole ? [drawn(key), []] : [[], normallyDrawn(key)];
    const values = new Float32Array(rows * size);
    names.forEach((name, row) => {
      for (let i = 0; i < size; i++) {
        const at = row * size + i;
        values[at] = isWhole
          ? wholeNumber(name, i, uniforms[at % PERIOD] ?? 0, dtype === 'bool' ? 2 : facts.words)
          : floatNumber(name, normals[at % PERIOD] ?? 0, facts.range);
      }
    });
    return tf.tensor(values, [rows, ...sizes], dtype as tf.DataType);
  });
  return { tensors, names };
}

/** Around where fp16 loses whole numbers, and where it ends. */
const ODD_INDICES = [2047, 2049, 4097, 32769, 65503, 65521];
/** Whole numbers that no embedding reads. */
const FEW = 256;

function wholeNumber(row: RowName, i: number, random: number, words = FEW): number {
  const last = words - 1;
  if (row === 'zeros') return 0;
  if (row === 'large numbers') return last;
  if (row === 'negative numbers') return Math.max(0, last - i);
  const any = Math.floor(random * words);
  const odd = ODD_INDICES.filter((index) => index <= last);
  return row === 'small numbers' ? (odd[i % Math.max(1, odd.length)] ?? any) : any;
}

/** Random numbers are drawn once and repeated: a prime, so that no two rows or channels are alike. */
const PERIOD = 4093;

function drawn(key: RandomKey): number[] {
  return Array.from({ length: PERIOD }, (_, index) => uniform(key, index));
}

function normallyDrawn(key: RandomKey): number[] {
  const angles = drawn(splitKey(key, 1));
  return drawn(splitKey(key, 0)).map(
    (radius, i) => Math.sqrt(-2 * Math.log(1 - radius)) * Math.cos(2 * Math.PI * (angles[i] ?? 0)),
  );
}

function floatNumber(row: RowName, z: number, range: InputFacts['range']): number {
  const [middle, spread] =
    range === undefined ? [0, 1] : [(range.low + range.high) / 2, (range.high - range.low) / 6];
  switch (row) {
    case 'zeros':
      return 0;
    case 'small numbers':
      return SMALL * z;
    case 'negative numbers':
      return -Math.abs(middle + spread * z);
    case 'large numbers':
      return LARGE * spread * z;
    case 'usual numbers':
    case 'other usual numbers':
      return middle + spread * z;
  }
}

/** How many words there are for the embeddings that look up an input, as it is or moved. */
export function wordsOf(
  nodes: readonly {
    readonly layer: tf.layers.Layer;
    readonly inputs: readonly ValueId[];
    readonly outputs: readonly ValueId[];
  }[],
  input: ValueId,
): number | undefined {
  const same = new Set([input]);
  const sizes: number[] = [];
  for (const { layer, inputs, outputs } of nodes) {
    if (!inputs.some((id) => same.has(id))) continue;
    const { reshapes, trainingOnly, merges } = traitsOf(layer);
    for (const one of [layer, ...innerLayers(layer)]) {
      if (traitsOf(one).looksUp) sizes.push(Number(one.getConfig()['inputDim']));
    }
    if (reshapes !== undefined || trainingOnly || merges === 'join')
      outputs.forEach((id) => same.add(id));
  }
  return sizes.length === 0 ? undefined : Math.min(...sizes);
}
