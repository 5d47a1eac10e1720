import * as tf from '@tensorflow/tfjs';
import { availableParallelism } from 'node:os';
import { HalfnoteError } from '../errors';
import { isNative, loadNative } from './binding';
import type { NativeBackend } from './binding';
import { CastCache } from './cast-cache';
import type { DeviceFacts, OpListener } from './contract';
import { Executor } from './execute';
import { readGpu } from './gpu';
import { installInterruptCheck, installOverrides } from './install';
import { tryInt8 } from './int8-trial';
import { readProcessor } from './isa';
import { MemoryLedger, measureMemory } from './ledger';
import type { NativeMemory } from './ledger';
import { cpuFormats, gpuFormats } from './support';
import { kernelTraps, TrapIndex } from './traps';
import type { KernelTrap } from './traps';
import { loadWasm } from './wasm';

interface Loaded {
  readonly facts: DeviceFacts;
  /** Undefined under wasm. */
  readonly native?: {
    readonly backend: NativeBackend;
    readonly executor: Executor;
    readonly ledger: MemoryLedger;
    readonly traps: readonly KernelTrap[];
  };
}

let loaded: Loaded | undefined;

/**
 * Loads TensorFlow, makes it tfjs's backend and lets its tensors be stored in 16 bits. Idempotent.
 * Throws `no-native-backend` where TensorFlow can't be had: then use {@link ensureBackend}.
 */
export function loadBackend(): DeviceFacts {
  if (loaded !== undefined) return loaded.facts;
  let backend: NativeBackend;
  try {
    backend = loadNative();
  } catch (error) {
    throw new HalfnoteError(
      'no-native-backend',
      `TensorFlow can't be loaded: ${firstLine(error)}`,
      'Run the set-up again (npm run setup), or call ensureBackend() to go on with WebAssembly.',
      { cause: error },
    );
  }
  const { facts, nativeBf16 } = describe(backend);
  const traps = kernelTraps({ device: facts.device, nativeBf16 });
  const executor = new Executor(backend, new TrapIndex(traps));
  const ledger = new MemoryLedger();
  installOverrides(backend, executor, ledger);
  installInterruptCheck();
  loaded = { facts, native: { backend, executor, ledger, traps } };
  return facts;
}

/** TensorFlow where it can be had, else WebAssembly, in which every format but fp32 is simulated. */
export async function ensureBackend(): Promise<DeviceFacts> {
  if (loaded !== undefined) return loaded.facts;
  try {
    return loadBackend();
  } catch (error) {
    if (!(error instanceof HalfnoteError)) throw error;
  }
  const facts = await loadWasm();
  installInterruptCheck();
  loaded = { facts };
  return facts;
}

/** The facts of the backend that is loaded. Throws `backend-not-loaded` before. */
export function deviceFacts(): DeviceFacts {
  if (loaded === undefined) {
    throw new HalfnoteError(
      'backend-not-loaded',
      'No backend is loaded.',
      'Call loadBackend() first.',
    );
  }
  return loaded.facts;
}

function describe(backend: NativeBackend): { facts: DeviceFacts; nativeBf16: boolean } {
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
    nativeBf16: formats.bf16.execution === 'native',
    facts: {
      engine: 'tensorflow',
      engineVersion: binding.TF_Version,
      device: onGpu ? 'gpu' : 'cpu',
      deviceName: gpu?.name ?? name,
      threads: availableParallelism(),
      isa,
      formats,
      int8ReduceRange: int8 === 'saturates',
    },
  };
}

/**
 * Calls `listener` after each op with the format it ran in, for a census of what ran where. Returns
 * what removes it. Under wasm nothing is heard.
 */
export function onOp(listener: OpListener): () => void {
  return loaded?.native?.executor.addListener(listener) ?? (() => undefined);
}

/** Ops that the backend runs in another format than asked for, and why. Empty under wasm. */
export function deviceTraps(): readonly KernelTrap[] {
  return loaded?.native?.traps ?? [];
}

/**
 * Runs `fn` so that each fp32 tensor is cast to 16 bits at most once, as a training step wants for its
 * weights. The copies are freed at the end, or with their tensor. Scopes don't nest: the outer one holds.
 */
export function withCastCache<T>(fn: () => T): T {
  const parts = loaded?.native;
  if (parts === undefined || parts.executor.castCache !== undefined) return fn();
  const cache = new CastCache(parts.backend);
  parts.executor.castCache = cache;
  try {
    return fn();
  } finally {
    parts.executor.castCache = undefined;
    cache.clear();
  }
}

/** Native memory held now and at its peak; undefined under wasm. */
export function nativeMemory(): NativeMemory | undefined {
  const parts = loaded?.native;
  return parts && measureMemory(parts.backend, parts.ledger);
}

/** Starts a new peak for {@link nativeMemory}. */
export function resetPeakMemory(): void {
  loaded?.native?.ledger.resetPeak();
}

/** True when TensorFlow, and with it 16-bit storage, is there. */
export function hasNativeBackend(): boolean {
  return isNative() && tf.getBackend() === 'tensorflow';
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? text;
}
