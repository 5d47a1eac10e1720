import * as tf from '@tensorflow/tfjs';
import { HalfnoteError, nearest } from '../../errors';
import { checkModel } from '../../models/check-model';
import { loadArrays, type NamedTensors } from './array-files';

/** Where a weight of the model lies in the file, and in which order of axes. */
export interface WeightSource {
  readonly name: string;
  /** The file's axes in the model's order, as of `tf.transpose`: `[1, 0]` of PyTorch's linear layers. */
  readonly transpose?: readonly number[];
}

export interface LoadWeightsOptions {
  /** By the model's name of a weight, what the file calls it. Others are called as in the model. */
  readonly map?: Readonly<Record<string, string | WeightSource>>;
  /** Weights that the file lacks keep their values. Default false: that is an error. */
  readonly partial?: boolean;
}

export interface LoadedWeights {
  /** The model's names of the weights that were set. */
  readonly loaded: readonly string[];
  /** Those that the file lacks. */
  readonly missing: readonly string[];
  /** The file's names of what no weight is called. */
  readonly unused: readonly string[];
}

/**
 * Puts the weights of a .safetensors or .npz file into a model's, by name. All are checked before one
 * is set.
 * @throws HalfnoteError `weights-mismatch` where one lacks or has another shape or type,
 *   `unsupported-model`, and what `loadSafetensors` throws.
 */
export async function loadWeights(
  model: tf.LayersModel,
  path: string,
  { map = {}, partial = false }: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  checkModel(model, 'loadWeights');
  const names = model.weights.map(({ name }) => name);
  checkMap(map, names);
  const file = await loadArrays(path);
  const made: tf.Tensor[] = [];
  try {
    const found: (readonly [tf.LayersModel['weights'][number], tf.Tensor])[] = [];
    const used = new Set<string>();
    for (const weight of model.weights) {
      const source = sourceOf(weight, map, file);
      const tensor = Object.hasOwn(file, source.name) ? file[source.name] : undefined;
      if (tensor === undefined) continue;
      used.add(source.name);
      const value = inOrder(tensor, source, weight.name);
      made.push(value);
      checkFit(weight, value, source, path);
      found.push([weight, value]);
    }
    const loaded = found.map(([{ name }]) => name);
    const missing = names.filter((name) => !loaded.includes(name));
    if (missing.length > 0 && !partial) throw lacking(path, missing, Object.keys(file));
    for (const [weight, value] of found) weight.write(value);
    return { loaded, missing, unused: Object.keys(file).filter((name) => !used.has(name)) };
  } finally {
    tf.dispose([file, made]);
  }
}

function sourceOf(
  { name, originalName }: tf.LayersModel['weights'][number],
  map: NonNullable<LoadWeightsOptions['map']>,
  file: NamedTensors,
): WeightSource {
  const mapped = Object.hasOwn(map, name) ? map[name] : undefined;
  if (mapped !== undefined) return typeof mapped === 'string' ? { name: mapped } : mapped;
  // tfjs numbers the weights of a layer whose name was used before.
  return { name: Object.hasOwn(file, name) ? name : originalName };
}

function inOrder(tensor: tf.Tensor, { transpose: order }: WeightSource, name: string): tf.Tensor {
  if (order === undefined) return tensor.clone();
  const axes = [...order].sort((a, b) => a - b);
  if (axes.length === tensor.rank && axes.every((axis, i) => axis === i)) {
    return tf.transpose(tensor, [...order]);
  }
  throw new HalfnoteError(
    'invalid-argument',
    `The transpose of '${name}' is [${order.join(', ')}]; allowed is each axis of [${tensor.shape.join(', ')}] once.`,
  );
}

function checkFit(
  { name, shape, dtype }: tf.LayersModel['weights'][number],
  value: tf.Tensor,
  source: WeightSource,
  path: string,
): void {
  const isSame = String(value.shape) === String(shape);
  if (isSame && value.dtype === dtype) return;
  const got = `${value.dtype} [${value.shape.join(', ')}]`;
  const isTurned =
    source.transpose === undefined &&
    value.rank === 2 &&
    String([...value.shape].reverse()) === String(shape);
  throw new HalfnoteError(
    'weights-mismatch',
    `'${name}' is ${dtype} [${shape.join(', ')}], but '${source.name}' of ${path} is ${got}.`,
    isTurned
      ? `Turn it: map: { '${name}': { name: '${source.name}', transpose: [1, 0] } }.`
      : 'Name the right one in `map`, or build the model as it was when the file was written.',
  );
}

function checkMap(map: object, names: readonly string[]): void {
  for (const key of Object.keys(map)) {
    if (names.includes(key)) continue;
    const [near] = nearest(key, names, 1);
    throw new HalfnoteError(
      'weights-mismatch',
      `\`map\` names '${key}', which is no weight of the model. Allowed: ${names.join(', ')}.`,
      near === undefined ? undefined : `Did you mean '${near}'?`,
    );
  }
}

function lacking(path: string, missing: readonly string[], has: readonly string[]): HalfnoteError {
  return new HalfnoteError(
    'weights-mismatch',
    `${path} lacks '${missing.join("', '")}'. It has '${has.join("', '")}'.`,
    'Say in `map` what the file calls them, or leave them as they are: { partial: true }.',
  );
}
