import { hasNativeBackend } from '../../backend/load';
import { ArrayStore } from './array-store';
import { NativeStore } from './native-store';
import type { SequenceStore, StoredFormat } from './store';

/** A store in native memory of the true width; in typed arrays where TensorFlow isn't there. */
export function sequenceStore(format: StoredFormat): SequenceStore {
  return hasNativeBackend() ? new NativeStore(format) : new ArrayStore(format);
}
