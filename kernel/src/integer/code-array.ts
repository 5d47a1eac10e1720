/** TensorFlow shares memory that starts at a multiple of this many bytes, and copies all other. */
const ALIGNMENT = 64;
/** Large arrays' memory is a page of its own, of which glibc keeps the first bytes for itself. */
const ALLOCATOR_HEADER = 16;

/** Zeros for codes, placed so that `sharedCodes` can share a large array rather than copy it. */
export function codeArray(length: number): Int8Array<ArrayBuffer> {
  const buffer = new ArrayBuffer(length + ALIGNMENT);
  return new Int8Array(buffer, ALIGNMENT - ALLOCATOR_HEADER, length);
}
