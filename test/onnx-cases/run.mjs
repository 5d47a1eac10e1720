#!/usr/bin/env node
/**
 * ONNX's own node cases of quantization and of casts between number formats, computed by the public
 * library. Results have to be equal: there is no tolerance. Integer products run twice: on this
 * machine's integer kernels, and simulated.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root, venvPython } from '../../scripts/lib/paths.mjs';
import { OPERATORS, PRODUCTS } from './lib/operators.mjs';
import { readTensor } from './lib/tensors.mjs';

const halfnote = createRequire(import.meta.url)(join(root, 'kernel/dist/index.js'));

const counts = { passed: 0, failed: 0, skipped: 0 };
const [head, ...cases] = execFileSync(
  venvPython,
  [join(import.meta.dirname, 'collect.py'), ...Object.keys(OPERATORS)],
  { encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'] },
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
console.log(`ONNX ${head.onnx}: ${cases.length} cases`);

await halfnote.ensureBackend();
for (const wanted of Object.keys(OPERATORS)) {
  assert.ok(
    cases.some(({ operator }) => operator === wanted),
    `ONNX has no case of ${wanted}: the suite would test nothing`,
  );
}
for (const one of cases) {
  const ways = PRODUCTS.includes(one.operator) ? ['native', 'simulated'] : [undefined];
  for (const execution of ways) await run(one, execution);
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;

async function run({ name, operator, attributes, inputs, outputs }, execution) {
  const title = execution === undefined ? name : `${name} (${execution})`;
  const tensors = (list) =>
    list.map((tensor) => (tensor === null ? undefined : readTensor(halfnote, tensor)));
  try {
    const expected = tensors(outputs);
    const found = await OPERATORS[operator](
      halfnote,
      tensors(inputs),
      attributes,
      expected,
      execution,
    );
    assert.equal(found.length, expected.length, 'number of outputs');
    const notes = expected.map((output, i) => same(found[i], output));
    const note = notes.find((text) => text !== undefined);
    counts.passed++;
    console.log(`✓ ${title}${note === undefined ? '' : ` (${note}, which stands for the same)`}`);
  } catch (error) {
    if (error?.code === 'no-integer-kernel') return skip(title, error.message.split('\n')[0]);
    counts.failed++;
    console.log(`✗ ${title}\n  ${String(error?.stack ?? error).replaceAll('\n', '\n  ')}`);
  }
}

function skip(title, reason) {
  counts.skipped++;
  console.log(`- ${title}: skipped: ${reason}`);
}

/**
 * The same numbers. Codes differ only where they stand for the same: in the sign of a zero or NaN,
 * which ONNX's cases compare as equal too.
 */
function same(found, { format, codes, values }) {
  const numbers = found.values ?? Array.from(found.codes, (code) => halfnote.decode(format, code));
  const unsigned = (list) => Array.from(list, (x) => x + 0);
  assert.deepEqual(unsigned(numbers), unsigned(values));
  if (codes === undefined) return undefined;
  const other = codes.findIndex((code, i) => code !== found.codes[i]);
  return other < 0 ? undefined : `code ${found.codes[other]} where ONNX has ${codes[other]}`;
}
