import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The checkout's Python, which has numpy and ml_dtypes: the independent judge of roundings. */
const PYTHON = join(process.cwd(), '.venv/bin/python');

/**
 * Runs `program` on float32 arrays (`a[0]`, `a[1]`, ... as numpy arrays) and returns what it leaves in
 * `out`, as float32. `np`, `bf16` and `fp16` are defined. Throws when Python does.
 */
export function numpy(program: string, ...arrays: readonly Float32Array[]): Float32Array {
  if (!existsSync(PYTHON)) throw new Error('the oracle needs .venv: run npm run setup');
  const prelude = `
import sys, warnings, numpy as np
from ml_dtypes import bfloat16 as bf16
fp16 = np.float16
warnings.filterwarnings('ignore')
sizes = [int(s) for s in sys.argv[1:]]
data = np.frombuffer(sys.stdin.buffer.read(), np.float32)
a = np.split(data, np.cumsum(sizes)[:-1])
`;
  const result = spawnSync(
    PYTHON,
    [
      '-c',
      `${prelude}\n${program}\nsys.stdout.buffer.write(np.asarray(out, np.float32).tobytes())`,
      ...arrays.map(({ length }) => String(length)),
    ],
    {
      input: Buffer.concat(
        arrays.map(({ buffer, byteOffset, byteLength }) =>
          Buffer.from(buffer, byteOffset, byteLength),
        ),
      ),
      maxBuffer: 1 << 28,
    },
  );
  if (result.status !== 0) throw new Error(`oracle: ${result.stderr.toString()}`);
  return new Float32Array(Uint8Array.from(result.stdout).buffer);
}

/** Seeded uniform numbers in [-1, 1), times `scale`. */
export function random(size: number, seed: number, scale = 1): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * scale;
  });
}
