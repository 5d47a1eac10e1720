import { stat } from 'node:fs/promises';
import { extname, relative } from 'node:path';
import type { Report } from '../schema';
import { hashFile, type Sha256 } from '../../hashing/canonical';

type Input = Report['identity']['inputs'][number];

const MODELS = new Set([
  '.onnx',
  '.tflite',
  '.pb',
  '.keras',
  '.h5',
  '.safetensors',
  '.gguf',
  '.pt',
]);
const CODE = new Set(['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx', '.wasm']);
/** tfjs's `model.json`, with its weights beside it. */
const TFJS_MODEL = /(^|\/)(model\.json|[^/]*weights[^/]*\.bin|group\d+-shard\d+of\d+(\.bin)?)$/;

/**
 * Files as they are now, each with its size and hash, by name: its path from the notebook's folder. A file
 * that isn't there is left out.
 */
export async function inputsOf(paths: readonly string[], folder: string): Promise<Input[]> {
  const found = await Promise.all([...new Set(paths)].map((path) => inputOf(path, folder)));
  return found
    .flatMap((input) => input ?? [])
    .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

async function inputOf(path: string, folder: string): Promise<Input | undefined> {
  try {
    const { size, isFile } = await statOf(path);
    if (!isFile) return undefined;
    const name = relative(folder, path).replaceAll('\\', '/');
    return inputNamed(name, size, await hashFile(path));
  } catch {
    return undefined;
  }
}

export function inputNamed(name: string, sizeBytes: number, hash: Sha256): Input {
  return { kind: kindOf(name), name, sizeBytes, hash };
}

async function statOf(path: string): Promise<{ readonly size: number; readonly isFile: boolean }> {
  const facts = await stat(path);
  return { size: facts.size, isFile: facts.isFile() };
}

function kindOf(name: string): Input['kind'] {
  const extension = extname(name).toLowerCase();
  if (MODELS.has(extension) || TFJS_MODEL.test(name)) return 'model';
  return CODE.has(extension) ? 'code' : 'data';
}
