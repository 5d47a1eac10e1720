const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** Index of the word with the exponent: 1 on little-endian machines. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** floor(log2(|value|)) of a finite double other than 0; doubles below 2^-1022 give -1023. */
export function exponentOf(value: number): number {
  double[0] = value;
  return (((words[HIGH] ?? 0) >>> 20) & 0x7ff) - 1023;
}
