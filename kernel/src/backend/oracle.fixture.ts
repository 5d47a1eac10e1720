import { runPython } from '../../../test/support/python';

/**
 * Runs `program` on float32 arrays (`a[0]`, `a[1]`, ... as numpy arrays) and returns what it leaves in
 * `out`, as float32. `np`, `bf16` and `fp16` are defined. Throws when Python does.
 */
export function numpy(program: string, ...arrays: readonly Float32Array[]): Float32Array {
  const prelude = `
import sys, warnings, numpy as np
from ml_dtypes import bfloat16 as bf16
fp16 = np.float16
warnings.filterwarnings('ignore')
data = np.frombuffer(sys.stdin.buffer.read(), np.float32)
a = np.split(data, np.cumsum([${arrays.map(({ length }) => length).join()}])[:-1])
`;
  const bytes = arrays.map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  const put = 'sys.stdout.buffer.write(np.asarray(out, np.float32).tobytes())';
  const output = runPython(`${prelude}\n${program}\n${put}`, Buffer.concat(bytes));
  return new Float32Array(Uint8Array.from(output).buffer);
}

/** Seeded uniform numbers in [-1, 1), times `scale`. */
export function random(size: number, seed: number, scale = 1): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * scale;
  });
}
