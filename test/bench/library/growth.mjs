import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';
import { run } from '../../../scripts/lib/process.mjs';

const STEPS = 10_000;
const FORMATS = ['fp32', 'bf16', 'fp16'];
const worker = join(root, 'test/bench/library/workers/growth_worker.mjs');

/** Native memory over many steps of a small network with `compile` and a policy, each format in a process of its own. */
export async function measureGrowth() {
  const rows = [];
  for (const format of FORMATS) {
    process.stderr.write(`training: memory over ${STEPS} steps in ${format}\n`);
    const argument = JSON.stringify({ format, steps: STEPS });
    const output = await run(process.execPath, ['--expose-gc', worker, argument], {
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    });
    const marks = JSON.parse(output.trim().split('\n').at(-1));
    rows.push({ suite: 'growth', format, steps: STEPS, marks });
  }
  return rows;
}

const grown = ({ marks }, field) => marks.at(-1)[field] - marks[0][field];
const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** No native tensor more, and no byte, than after the first tenth. */
export function judgeGrowth(rows) {
  return rows.map((row) => {
    const [handles, bytes] = ['handles', 'tensorBytes'].map((field) => grown(row, field));
    const met = handles === 0 && bytes === 0;
    return {
      goal: `no growth of native memory over ${row.steps} steps in ${row.format}`,
      measured: `${handles} tensors, ${bytes} bytes`,
      verdict: met ? 'reached' : 'missed',
      met,
      applies: true,
    };
  });
}

export function growthTables(rows) {
  if (rows.length === 0) return [];
  const header = [`memory over ${STEPS} steps`, 'native tensors', 'their bytes', 'process, growth'];
  const lines = rows.map((row) => {
    const { handles, tensorBytes } = row.marks.at(-1);
    return [
      `  ${row.format}`,
      String(handles),
      String(tensorBytes),
      mebibytes(grown(row, 'rssBytes')),
    ];
  });
  return [[header, ...lines]];
}
