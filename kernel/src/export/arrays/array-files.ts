import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { ensureBackend } from '../../backend/load';
import { HalfnoteError } from '../../errors';
import { replaceFile } from '../../files/replace-file';
import { cannotRead } from './cannot-read';
import type { ArrayType } from './element-types';
import { parseNpy, writeNpy } from './npy';
import { writeSafetensors } from './safetensors';
import { SafetensorsFile } from './safetensors-file';
import { type StoredArray, storedOf, tensorOf } from './stored-array';
import { unzip, zip } from './zip';

/** Tensors by name. */
export type NamedTensors = Readonly<Record<string, tf.Tensor>>;

export interface SaveArrayOptions {
  /** The type in the file; unless given as the tensor is: float32, int32 or bool. */
  readonly dtype?: ArrayType;
}

export interface SaveNpzOptions extends SaveArrayOptions {
  /** Deflate the arrays, as `numpy.savez_compressed`. Default false. */
  readonly compress?: boolean;
}

export interface SaveSafetensorsOptions extends SaveArrayOptions {
  /** Texts beside the tensors. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface Safetensors {
  readonly tensors: NamedTensors;
  readonly metadata: Readonly<Record<string, string>>;
}

const HINT = 'Name a file in a folder that you may write to.';

/**
 * The array of a .npy file as a tensor: floats as float32, integers as int32, booleans as bool, whatever
 * their width, order of bytes and order of axes in the file.
 * @throws HalfnoteError `cannot-read`, `invalid-array-file`, `unsupported-array-type`,
 *   `array-out-of-range`.
 */
export async function loadNpy(path: string): Promise<tf.Tensor> {
  const array = parseNpy(await contentOf(path), path);
  await ensureBackend();
  return tensorOf(array, basename(path));
}

/** The arrays of a .npz file, by name. @throws HalfnoteError as {@link loadNpy}. */
export async function loadNpz(path: string): Promise<NamedTensors> {
  const arrays = npzArrays(await contentOf(path), path);
  return allTensors(arrays.keys(), (name) =>
    tensorOf(arrays.get(name) as StoredArray, `'${name}'`),
  );
}

/** The tensors of a .safetensors file, and what it says beside them. @throws as {@link loadNpy}. */
export async function loadSafetensors(path: string): Promise<Safetensors> {
  const file = await SafetensorsFile.open(path);
  try {
    const tensors = await allTensors(file.tensors.keys(), (name) => file.read(name));
    return { tensors, metadata: file.metadata };
  } finally {
    await file.close();
  }
}

/**
 * Writes a tensor as .npy, whole or not at all.
 * @throws HalfnoteError `unsupported-array-type`, `array-out-of-range`, `not-writable`.
 */
export async function saveNpy(
  path: string,
  tensor: tf.Tensor,
  { dtype }: SaveArrayOptions = {},
): Promise<void> {
  const bytes = writeNpy(storedOf(tensor, 'The tensor', dtype), 'The tensor');
  await replaceFile(path, bytes, { hint: HINT });
}

/** Writes tensors as .npz, whole or not at all. @throws HalfnoteError as {@link saveNpy}. */
export async function saveNpz(
  path: string,
  tensors: NamedTensors,
  { dtype, compress = false }: SaveNpzOptions = {},
): Promise<void> {
  const files = new Map(
    [...storedAll(tensors, dtype)].map(([name, array]) => [
      `${name}.npy`,
      writeNpy(array, `'${name}'`),
    ]),
  );
  await replaceFile(path, zip(files, { compress, what: path }), { hint: HINT });
}

/** Writes tensors as .safetensors, whole or not at all. @throws HalfnoteError as {@link saveNpy}. */
export async function saveSafetensors(
  path: string,
  tensors: NamedTensors,
  { dtype, metadata = {} }: SaveSafetensorsOptions = {},
): Promise<void> {
  if (Object.hasOwn(tensors, '__metadata__')) {
    throw new HalfnoteError(
      'invalid-argument',
      "A tensor is called '__metadata__', which .safetensors keeps for texts.",
      'Give it another name.',
    );
  }
  const bytes = writeSafetensors(storedAll(tensors, dtype), metadata);
  await replaceFile(path, bytes, { hint: HINT });
}

/**
 * The tensors of a file of any of these kinds, by name; the array of a .npy is called ''.
 * @throws HalfnoteError as {@link loadNpy}; `invalid-argument` where the name says no kind.
 */
export async function loadArrays(path: string): Promise<NamedTensors> {
  const kind = extname(path).toLowerCase();
  if (kind === '.npy') return { '': await loadNpy(path) };
  if (kind === '.npz') return loadNpz(path);
  if (kind === '.safetensors') return (await loadSafetensors(path)).tensors;
  throw new HalfnoteError(
    'invalid-argument',
    `${path} is no file of arrays by its name. Allowed: .npy, .npz, .safetensors.`,
  );
}

function npzArrays(bytes: Uint8Array, path: string): ReadonlyMap<string, StoredArray> {
  return new Map(
    [...unzip(bytes, path)]
      .filter(([name]) => name.endsWith('.npy'))
      .map(([name, content]) => [name.slice(0, -4), parseNpy(content, `${path}:${name}`)]),
  );
}

async function allTensors(
  names: Iterable<string>,
  read: (name: string) => tf.Tensor | Promise<tf.Tensor>,
): Promise<NamedTensors> {
  await ensureBackend();
  const made: [string, tf.Tensor][] = [];
  try {
    for (const name of names) made.push([name, await read(name)]);
  } catch (error) {
    tf.dispose(made.map(([, tensor]) => tensor));
    throw error;
  }
  return Object.fromEntries(made);
}

function storedAll(tensors: NamedTensors, dtype: ArrayType | undefined): Map<string, StoredArray> {
  return new Map(
    Object.entries(tensors).map(([name, tensor]) => [name, storedOf(tensor, `'${name}'`, dtype)]),
  );
}

async function contentOf(path: string): Promise<Uint8Array> {
  return readFile(path).catch(cannotRead(path));
}
