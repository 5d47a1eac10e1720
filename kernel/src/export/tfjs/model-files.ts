import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { HalfnoteError } from '../../errors';
import { makeFolder } from '../../files/make-folder';
import { notWritable } from '../../files/not-writable';
import { writeThrough } from '../../files/replace-file';
import type { WeightSpec } from './weight-spec';

/** As tfjs's converter has it: small enough for browsers' caches. */
const SHARD_BYTES = 4 * 1024 * 1024;
const MANIFEST = 'model.json';

/** What tfjs's `model.json` holds. */
export interface ModelJson {
  readonly format?: string;
  readonly generatedBy?: string | undefined;
  readonly convertedBy?: string | null | undefined;
  readonly modelTopology: unknown;
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly WeightSpec[];
  }[];
  readonly trainingConfig?: unknown;
  /** Of a graph model: names of its inputs and outputs. */
  readonly signature?: object;
  readonly userDefinedMetadata?: Readonly<Record<string, unknown>> | undefined;
}

export interface SavedFiles {
  /** Of `model.json`. */
  readonly file: string;
  /** Of all files together. */
  readonly bytes: number;
}

/**
 * Writes a folder with `model.json` and shards. Shards are named by what is in them, and
 * `model.json` takes its place last, by a rename: a reader finds the old model or the new one,
 * whatever happens in between. The shards of the model that was there are removed.
 * @throws HalfnoteError `not-writable`.
 */
export async function writeModel(
  folder: string,
  json: Omit<ModelJson, 'weightsManifest'>,
  weights: readonly WeightSpec[],
  data: Uint8Array,
): Promise<SavedFiles> {
  const target = resolve(folder);
  const file = join(target, MANIFEST);
  const fresh = join(target, `.${MANIFEST}.${randomUUID()}`);
  try {
    await makeFolder(target);
    const before = await shardsOf(file);
    const shards = cut(data);
    for (const { name, bytes } of shards) await writeThrough(join(target, name), bytes);
    const paths = shards.map(({ name }) => name);
    const manifest: ModelJson = { ...json, weightsManifest: [{ paths, weights }] };
    const text = Buffer.from(JSON.stringify(manifest));
    await writeThrough(fresh, text);
    await rename(fresh, file);
    for (const name of before.filter((old) => !paths.includes(old))) {
      await rm(join(target, name), { force: true });
    }
    return { file, bytes: text.length + data.length };
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    const hint = 'Name a folder that you may write to; it is made if it is not there.';
    throw notWritable(`the model to ${folder}`, error, hint);
  }
}

/**
 * Reads what {@link writeModel}, tfjs or its converter wrote: a folder, or its `model.json`.
 * @throws HalfnoteError `not-readable`, `invalid-model-file`.
 */
export async function readModel(
  path: string,
): Promise<{ readonly json: ModelJson; readonly data: Uint8Array }> {
  const file = (await isFolder(path)) ? join(path, MANIFEST) : path;
  const json = parsed(await reading(file), file);
  const paths = json.weightsManifest.flatMap((group) => group.paths);
  const shards: Uint8Array[] = [];
  for (const name of paths) shards.push(await reading(join(dirname(file), inside(name, file))));
  // A plain array: slices of a Buffer share its memory.
  return { json, data: Uint8Array.from(Buffer.concat(shards)) };
}

function cut(data: Uint8Array): { readonly name: string; readonly bytes: Uint8Array }[] {
  const count = Math.ceil(data.length / SHARD_BYTES);
  const id = createHash('sha256').update(data).digest('hex').slice(0, 8);
  return Array.from({ length: count }, (_, i) => ({
    name: `group1-${id}-shard${i + 1}of${count}.bin`,
    bytes: data.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
  }));
}

/** The shards of the model that is there, if one is and can be read. */
async function shardsOf(file: string): Promise<string[]> {
  try {
    const { weightsManifest } = JSON.parse(await readFile(file, 'utf8')) as ModelJson;
    return weightsManifest.flatMap(({ paths }) => paths).filter(isPlain);
  } catch {
    return [];
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

async function reading(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new HalfnoteError(
      'not-readable',
      `Can't read ${file}: ${reasonOf(error)}.`,
      'Name the folder that holds a model.json, or that file.',
      { cause: error },
    );
  }
}

function parsed(bytes: Buffer, file: string): ModelJson {
  const json = jsonOf(bytes);
  if (json?.modelTopology !== undefined && Array.isArray(json.weightsManifest)) {
    return json as ModelJson;
  }
  throw new HalfnoteError(
    'invalid-model-file',
    `${file} is no tfjs model: it has no modelTopology and weightsManifest.`,
  );
}

function jsonOf(bytes: Buffer): Partial<ModelJson> | undefined {
  try {
    return (JSON.parse(bytes.toString('utf8')) as Partial<ModelJson> | null) ?? undefined;
  } catch {
    return undefined;
  }
}

const isPlain = (name: string): boolean => /^[\w.-]+$/.test(name) && !name.startsWith('.');

/** A manifest names files beside itself; what leads elsewhere was not written for us. */
function inside(name: string, file: string): string {
  if (isPlain(name)) return name;
  throw new HalfnoteError(
    'invalid-model-file',
    `${file} names '${name}', which is no file beside it.`,
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
