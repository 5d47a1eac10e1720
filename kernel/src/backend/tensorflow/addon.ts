import { existsSync, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { loadLibrary } from '../../ffi';
import { findTensorFlow } from './library';

/** The package whose backend and callbacks are used. */
export const TFJS_NODE = '@tensorflow/tfjs-node-gpu';

/** Has kernels of our own in it, by TensorFlow's C++ interface: for the TensorFlow it was built against. */
const FULL = 'tfjs_binding.node';
/** Uses TensorFlow's C interface alone, which stays as it is from version to version. */
const PORTABLE = 'tfjs_binding_portable.node';
/** What is said of them: `{"tensorflow": "2.21.0"}`. */
const BUILT_FOR = 'tfjs_binding.json';

/** The native addon that this process has loaded. */
export interface LoadedAddon {
  /** Whether it uses TensorFlow's C interface alone, and so has no fused kernels. */
  readonly isPortable: boolean;
  /** The TensorFlow that the other was built for, where that is noted. */
  readonly builtFor: string | undefined;
}

let loaded: LoadedAddon | undefined;

/** Undefined before {@link loadTfjsNode}, and where that failed. */
export function loadedAddon(): LoadedAddon | undefined {
  return loaded;
}

/**
 * Loads tfjs-node with the addon that fits the TensorFlow found here, and that TensorFlow with it.
 * Throws what the loader throws.
 */
export function loadTfjsNode(): void {
  const require = createRequire(__filename);
  const folder = addonFolder(require);
  const builtFor = notedVersion(folder);
  const name = chooseAddon(folder, builtFor, loadTensorFlow());
  const file = join(folder, name);
  if (!existsSync(file)) throw new Error(`there is no native binding (${file})`);
  requireWith(file, require);
  loaded = { isPortable: name === PORTABLE, builtFor };
}

/** @returns its version, for example `2.21.0`; undefined where the system's loader is to find it */
function loadTensorFlow(): string | undefined {
  const found = findTensorFlow();
  if (found === undefined) return undefined;
  // An addon that asks for a library of this name gets the one that is loaded.
  return loadLibrary(found.file).func('const char *TF_Version()')() as string;
}

/** The addon in a folder for a version of TensorFlow: its kernels only suit their own minor version. */
function chooseAddon(
  folder: string,
  builtFor: string | undefined,
  version: string | undefined,
): string {
  if (!existsSync(join(folder, PORTABLE)) || builtFor === undefined) return FULL;
  return version !== undefined && minor(version) === minor(builtFor) ? FULL : PORTABLE;
}

/** The TensorFlow that the full addon in a folder was built for; in a checkout it is the one beside it. */
function notedVersion(folder: string): string | undefined {
  const note = join(folder, BUILT_FOR);
  if (!existsSync(note)) return undefined;
  return (JSON.parse(readFileSync(note, 'utf8')) as { readonly tensorflow: string }).tensorflow;
}

const minor = (version: string): string => version.split('.').slice(0, 2).join('.');

/** A package of this platform's own where there is one, else the place within tfjs-node. */
function addonFolder(require: NodeJS.Require): string {
  try {
    const own = `@halfnote/binding-${process.platform}-${process.arch}/package.json`;
    return dirname(require.resolve(own));
  } catch {
    return join(dirname(require.resolve(`${TFJS_NODE}/package.json`)), 'lib/napi-v8');
  }
}

/** Where Node.js takes what `require` asks for from; it has no public way to answer in its place. */
interface Loader {
  _load: (request: string, parent: unknown, isMain: boolean) => unknown;
}

/**
 * Loads tfjs-node, which asks this package where its addon lies: we know, and the package, which is there
 * to download it, need not be installed.
 */
function requireWith(addon: string, require: NodeJS.Require): void {
  const loader = Module as unknown as Loader;
  const load = loader._load;
  loader._load = (request, ...rest) =>
    request === '@mapbox/node-pre-gyp'
      ? { find: () => addon }
      : Reflect.apply(load, loader, [request, ...rest]);
  try {
    require(TFJS_NODE);
  } finally {
    loader._load = load;
  }
}
