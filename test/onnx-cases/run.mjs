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
import { OPERATORS, PRODUCTS, undefinedOf } from './lib/operators.mjs';
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
    const given = tensors(inputs);
    const expected = tensors(outputs);
    const found = await OPERATORS[operator](halfnote, given, attributes, expected, execution);
    assert.equal(found.length, expected.length, 'number of outputs');
    const undefinedAt = undefinedOf(halfnote, operator, given, expected);
    const notes = expected.flatMap((output, i) => same(found[i], output, undefinedAt));
    counts.passed++;
    console.log(`✓ ${title}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`);
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
 * The same numbers, but where ONNX defines none. Codes differ only where they stand for the same: in
 * the sign of a zero or NaN, which ONNX's cases compare as equal too.
 * @returns {string[]} what is to be said of the comparison
 */
function same(found, { format, codes, values }, undefinedAt) {
  const defined = (list) => Array.from(list).filter((_, i) => !undefinedAt.has(i));
  const unsigned = (list) => defined(list).map((x) => x + 0);
  const numbers = found.values ?? Array.from(found.codes, (code) => halfnote.decode(format, code));
  assert.ok(undefinedAt.size < values.length, 'ONNX defines none of the results');
  assert.deepEqual(unsigned(numbers), unsigned(values));
  const notes = [];
  if (undefinedAt.size > 0) {
    notes.push(`but for ${undefinedAt.size} of ${values.length}, which ONNX leaves undefined`);
  }
  if (codes === undefined) return notes;
  const [ours, theirs] = [defined(found.codes), defined(codes)];
  const other = theirs.findIndex((code, i) => code !== ours[i]);
  if (other >= 0) {
    notes.push(`code ${ours[other]} where ONNX has ${theirs[other]}, which stands for the same`);
  }
  return notes;
}
