import type { NativeBackend } from './binding';
import { bytesOf } from './dtypes';

/** Bytes of all tensors' data, now and at their peak, each at its true width. */
export class MemoryLedger {
  bytes = 0;
  peakBytes = 0;

  add(shape: readonly number[], dtype: number): void {
    this.bytes += bytesOf(shape, dtype);
    if (this.bytes > this.peakBytes) this.peakBytes = this.bytes;
  }

  remove(shape: readonly number[], dtype: number): void {
    this.bytes -= bytesOf(shape, dtype);
  }

  /** Starts a new peak from what is held now. */
  resetPeak(): void {
    this.peakBytes = this.bytes;
  }
}

export interface NativeMemory {
  /** Native tensors alive, resource variables and raw handles included. */
  readonly handles: number;
  /** Bytes of the data of tfjs's tensors, at their true width (2 for bf16 and fp16). */
  readonly tensorBytes: number;
  readonly peakTensorBytes: number;
  /** The process's resident memory, everything included. */
  readonly rssBytes: number;
}

/** What native memory is held. `tf.memory()` doesn't see it, and counts 16-bit tensors as 32-bit. */
export function measureMemory(backend: NativeBackend, ledger: MemoryLedger): NativeMemory {
  return {
    handles: backend.binding.getNumOfTensors(),
    tensorBytes: ledger.bytes,
    peakTensorBytes: ledger.peakBytes,
    rssBytes: process.memoryUsage.rss(),
  };
}
