import * as tf from '@tensorflow/tfjs';
import { availableParallelism } from 'node:os';
import { setDeviceWait } from '../energy/device-wait';
import { firstLine, HalfnoteError } from '../errors';
import { loadNative } from './binding';
import type { NativeBackend } from './binding';
import { CastCache } from './cast-cache';
import type { DeviceFacts, OpListener } from './contract';
import { deferCalls, opByOp, runWaiting } from './deferred/steps';
import { Executor } from './execute';
import { readGpu } from './gpu';
import { backendHooks, type NativeParts } from './hooks';
import { tryInt8 } from './int8-trial';
import { readProcessor } from './isa';
import { nativeLack, nativeRemedy } from './lack';
import { MemoryLedger, measureMemory } from './ledger';
import type { NativeMemory } from './ledger';
import { noteFacts } from './noted-facts';
import { chooseKernels, NO_CHOICE, ONEDNN_SWITCH } from './onednn-kernels';
import { cpuFormats, gpuFormats } from './support';
import { kernelTraps, TrapIndex } from './traps';
import type { KernelTrap } from './traps';
import { loadWasm } from './wasm';

let facts: DeviceFacts | undefined;
/** Of the native backend's current instance; undefined under wasm. */
let parts: NativeParts | undefined;
let traps: readonly KernelTrap[] = [];
const listeners = new Set<OpListener>();

/**
 * Loads TensorFlow and makes it tfjs's backend, with all that we change in tfjs. Idempotent.
 *
 * @throws HalfnoteError `no-native-backend` where TensorFlow can't be had: then use {@link ensureBackend}.
 */
export function loadBackend(): DeviceFacts {
  if (facts !== undefined) return facts;
  const hooks = backendHooks();
  const index = new TrapIndex();
  const kernels = { ...NO_CHOICE };
  const setting = process.env[ONEDNN_SWITCH];
  // Read once, when the first op runs: see chooseKernels. What cells start is to have it as it was.
  process.env[ONEDNN_SWITCH] = setting ?? '0';
  let backend: NativeBackend;
  // tfjs would swallow it: for it, a backend that can't be made is one that isn't there.
  let unpatched: unknown;
  try {
    backend = loadNative((instance) => {
      deferCalls(instance);
      const executor = new Executor(instance, index, listeners, kernels);
      parts = { backend: instance, executor, ledger: new MemoryLedger() };
      try {
        hooks.instance(parts);
      } catch (error) {
        unpatched = error;
      }
    });
  } catch (error) {
    const { hint } = nativeRemedy(nativeLack(error));
    throw new HalfnoteError(
      'no-native-backend',
      `TensorFlow can't be loaded: ${firstLine(error)}`,
      `${hint} ensureBackend() goes on with WebAssembly.`,
      { cause: error },
    );
  }
  if (unpatched !== undefined) throw unpatched as Error;
  const described = describe(backend);
  const { device, formats, isa } = described;
  traps = kernelTraps({
    device,
    native: (['bf16', 'fp16'] as const).filter((format) => formats[format].execution === 'native'),
  });
  for (const trap of traps) index.add(trap);
  if (device === 'cpu') Object.assign(kernels, chooseKernels(isa, setting));
  if (setting === undefined) Reflect.deleteProperty(process.env, ONEDNN_SWITCH);
  hooks.loaded(described);
  setDeviceWait(device === 'gpu' ? waitForGpu : runWaiting);
  // Only now: where a change can't be made, the next call tries again and fails again.
  facts = described;
  noteFacts(facts);
  return facts;
}

/**
 * The same, with WebAssembly where TensorFlow can't be had: every format but fp32 is simulated there.
 * Every function that computes calls this; a script that calls tfjs first needs it before.
 */
export async function ensureBackend(): Promise<DeviceFacts> {
  if (facts !== undefined) return facts;
  try {
    return loadBackend();
  } catch (error) {
    if (!(error instanceof HalfnoteError)) throw error;
    // One that is there and can't be used is told of: nobody is to find out by the figures.
    const isQuiet = ['asked', 'tensorflow'].includes(nativeLack(error.cause));
    if (!isQuiet) console.warn(error.message);
  }
  const described = await loadWasm();
  backendHooks().loaded(described);
  facts = described;
  noteFacts(facts);
  return facts;
}

/** The facts of the backend that is loaded. Throws `backend-not-loaded` before. */
export function deviceFacts(): DeviceFacts {
  if (facts === undefined) {
    throw new HalfnoteError(
      'backend-not-loaded',
      'No backend is loaded.',
      'Call `await ensureBackend()` first.',
    );
  }
  return facts;
}

/** What is read waits for all that was asked before. */
function waitForGpu(): void {
  tf.tidy(() => tf.scalar(1).add(1).dataSync());
}

function describe(backend: NativeBackend): DeviceFacts {
  const { binding } = backend;
  const { name, isa } = readProcessor();
  const onGpu = binding.isUsingGpuDevice();
  const gpu = onGpu ? readGpu() : undefined;
  const int8 = onGpu ? 'none' : tryInt8();
  const engine = `TensorFlow ${binding.TF_Version} (${onGpu ? 'CUDA' : 'oneDNN'})`;
  const formats =
    gpu === undefined
      ? cpuFormats({
          isa,
          engine,
          int8,
          bf16Products: process.env['TF_SET_ONEDNN_FPMATH_MODE'] === 'BF16',
        })
      : gpuFormats(gpu, engine);
  return {
    engine: 'tensorflow',
    engineVersion: binding.TF_Version,
    device: onGpu ? 'gpu' : 'cpu',
    deviceName: gpu?.name ?? name,
    threads: availableParallelism(),
    isa,
    formats,
    int8ReduceRange: int8 === 'saturates',
  };
}

/**
 * Calls `listener` after each op with the format it ran in, for a census of what ran where. Returns
 * what removes it. Under wasm nothing is heard.
 */
export function onOp(listener: OpListener): () => void {
  const leave = opByOp();
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    leave();
  };
}

/** Ops that the backend runs in another format than asked for, and why. Empty under wasm. */
export function deviceTraps(): readonly KernelTrap[] {
  return traps;
}

/**
 * Runs `fn` so that each fp32 tensor is cast to 16 bits at most once, as a training step wants for its
 * weights. The copies are freed at the end, or with their tensor. Scopes don't nest: the outer one holds.
 */
export function withCastCache<T>(fn: () => T): T {
  if (parts === undefined || parts.executor.castCache !== undefined) return fn();
  const { backend, executor } = parts;
  const cache = new CastCache(backend);
  executor.castCache = cache;
  try {
    return fn();
  } finally {
    executor.castCache = undefined;
    cache.clear();
  }
}

/** Native memory held now and at its peak; undefined under wasm. */
export function nativeMemory(): NativeMemory | undefined {
  return parts && measureMemory(parts.backend, parts.ledger);
}

/** Starts a new peak for {@link nativeMemory}. */
export function resetPeakMemory(): void {
  parts?.ledger.resetPeak();
}

/** True when TensorFlow, and with it 16-bit storage, is there. */
export function hasNativeBackend(): boolean {
  return parts !== undefined && tf.getBackend() === 'tensorflow';
}
