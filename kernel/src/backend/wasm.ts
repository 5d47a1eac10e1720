import * as tf from '@tensorflow/tfjs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { cpus } from 'node:os';
import type { DeviceFacts } from './contract';
import { readProcessor } from './isa';
import { wasmFormats } from './support';

/** tfjs's WebAssembly backend, with its modules read from the installed package. */
export async function loadWasm(): Promise<DeviceFacts> {
  const require = createRequire(__filename);
  const wasm = require('@tensorflow/tfjs-backend-wasm') as {
    setWasmPaths(prefix: string): void;
    version_wasm: string;
  };
  const folder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  wasm.setWasmPaths(join(folder, sep));
  await tf.setBackend('wasm');
  await tf.ready();
  return {
    engine: 'wasm',
    engineVersion: wasm.version_wasm,
    device: 'cpu',
    deviceName: readProcessor().name,
    threads: cpus().length,
    isa: readProcessor().isa,
    formats: wasmFormats(`tfjs WebAssembly ${wasm.version_wasm}`),
    int8ReduceRange: false,
  };
}
