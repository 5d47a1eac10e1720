import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { firstLine, HalfnoteError } from '../errors';
import { SafetensorsFile } from '../export/arrays/safetensors-file';

const CONFIG = 'config.json';
const WHOLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** The files of a checkpoint, as Hugging Face's `save_pretrained` leaves them. */
export interface CheckpointFiles {
  /** What config.json says; undefined where there is none. */
  readonly config: Readonly<Record<string, unknown>> | undefined;
  /** By a tensor's name, the open file that has it. */
  readonly tensors: ReadonlyMap<string, SafetensorsFile>;
  close(): Promise<void>;
}

/**
 * Opens a folder's checkpoint: `model.safetensors`, or the files that `model.safetensors.index.json` names; or
 * a single .safetensors file.
 * @throws HalfnoteError `cannot-read`, `invalid-checkpoint`, `invalid-array-file`, `unsupported-array-type`.
 */
export async function openCheckpoint(path: string): Promise<CheckpointFiles> {
  const isFolder = await isDirectory(path);
  const folder = isFolder ? path : dirname(path);
  const config = await jsonOf(join(folder, CONFIG));
  const open: SafetensorsFile[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(open.map((file) => file.close()));
  };
  try {
    const places = isFolder ? await placesIn(folder) : [{ file: path, names: undefined }];
    const tensors = new Map<string, SafetensorsFile>();
    for (const { file, names } of places) {
      const opened = await SafetensorsFile.open(file);
      open.push(opened);
      for (const name of names ?? opened.tensors.keys()) {
        if (!opened.tensors.has(name)) {
          throw invalid(`${INDEX} says that '${name}' is in ${basename(file)}, which lacks it`);
        }
        tensors.set(name, opened);
      }
    }
    return { config, tensors, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Place {
  readonly file: string;
  /** What it is to be asked for; undefined for all that it has. */
  readonly names: readonly string[] | undefined;
}

async function placesIn(folder: string): Promise<readonly Place[]> {
  const there = await readdir(folder);
  if (there.includes(WHOLE)) return [{ file: join(folder, WHOLE), names: undefined }];
  if (!there.includes(INDEX)) {
    throw new HalfnoteError(
      'cannot-read',
      `${folder} has neither ${WHOLE} nor ${INDEX}. It has: ${there.join(', ') || 'nothing'}.`,
      there.some((name) => /\.(?:bin|pth?|gguf)$/.test(name))
        ? 'Write the weights as .safetensors: save_pretrained(folder) of Hugging Face does.'
        : 'Give the folder of a checkpoint, or its .safetensors file.',
    );
  }
  const index = await jsonOf(join(folder, INDEX));
  const map = index?.['weight_map'];
  if (typeof map !== 'object' || map === null) throw invalid(`${INDEX} has no weight_map`);
  const byFile = new Map<string, string[]>();
  for (const [name, file] of Object.entries(map)) {
    // A path would reach out of the folder.
    if (typeof file !== 'string' || basename(file) !== file) {
      throw invalid(`${INDEX} has '${name}' in ${JSON.stringify(file)}, which is no file's name`);
    }
    byFile.set(file, [...(byFile.get(file) ?? []), name]);
  }
  return [...byFile].map(([file, names]) => ({ file: join(folder, file), names }));
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new HalfnoteError(
      'cannot-read',
      `Can't read ${path}: ${firstLine(error)}.`,
      'Give the path of a folder on this machine that has a checkpoint, or of a .safetensors file.',
      { cause: error },
    );
  }
}

async function jsonOf(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new HalfnoteError('cannot-read', `Can't read ${path}: ${firstLine(error)}.`);
  });
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>;
    }
  } catch {
    // Said below.
  }
  throw invalid(`${path} is no JSON object`);
}

function invalid(why: string): HalfnoteError {
  return new HalfnoteError(
    'invalid-checkpoint',
    `The checkpoint can't be read: ${why}.`,
    'Copy it again, with all its files.',
  );
}
