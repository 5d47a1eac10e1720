import { createRequire } from 'node:module';
import process from 'node:process';
import type * as ort from 'onnxruntime-node';

/** The addon beneath the package's own interface. */
export interface OnnxRuntimeAddon {
  readonly binding: object;
  initOrt(): void;
}

/** Throws what loading throws where the package or its binary is not there. It takes 25 to 65 ms. */
export function loadOnnxRuntime(): typeof ort {
  silenceOnnxRuntime();
  return createRequire(__filename)('onnxruntime-node') as typeof ort;
}

/** The same, for what the package's interface doesn't pass on. */
export function loadOnnxRuntimeAddon(): OnnxRuntimeAddon {
  silenceOnnxRuntime();
  return createRequire(__filename)('onnxruntime-node/dist/binding') as OnnxRuntimeAddon;
}

/**
 * Keeps ONNX Runtime (1.30) from noting an id of this machine and of what it runs in `~/.cache/Microsoft`,
 * and from sending that. Whoever wants it sets ORT_DISABLE_TELEMETRY=0.
 */
export function silenceOnnxRuntime(): void {
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
}
