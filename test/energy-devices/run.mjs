#!/usr/bin/env node
/**
 * The golden set of devices: fake trees on which the truth is known, read by ours and by CodeCarbon at the
 * same moments. `golden.md` is what came out; `--write` writes it anew.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CPU_CASES } from './cpu-cases.mjs';
import { GPU_CASES } from './gpu-cases.mjs';
import { CodeCarbon, VERSION } from './lib/codecarbon.mjs';
import { Gpus } from './lib/gpus.mjs';
import { Ours } from './lib/ours.mjs';
import { page, rowOf, withTheirsOf } from './lib/table.mjs';
import { PowercapTree } from './lib/tree.mjs';

const GOLDEN = join(dirname(fileURLToPath(import.meta.url)), 'golden.md');

/** Both read a machine whenever time passes; what comes of it. */
async function readBoth(golden, { machine, start, request }, judge) {
  let nowS = 0;
  let ours;
  let theirs;
  const pass = async (seconds) => {
    if (ours === undefined) {
      ours = start();
      theirs = await judge?.ask(request('begin'));
    }
    nowS += seconds;
    ours.read(nowS);
    if (seconds > 0) theirs = await judge?.ask({ ...request('read'), seconds });
  };
  const truthJ = await golden.run(machine, pass);
  return { golden, truthJ, ours, theirs };
}

async function readCpu(golden, judge) {
  const tree = new PowercapTree();
  try {
    const denied = () => [...tree.denied];
    const request = (what) => ({
      denied: denied(),
      ...(what === 'begin' ? { root: tree.root } : {}),
    });
    const start = () => Ours.powercap(tree);
    return await readBoth(golden, { machine: tree, start, request }, judge);
  } finally {
    tree.dispose();
  }
}

function readGpu(golden, judge) {
  const gpus = new Gpus(golden.count, golden);
  const visible = golden.visible ?? null;
  const request = (what) => ({
    gpus: gpus.states,
    ...(what === 'begin' ? { visible } : {}),
  });
  const env = visible === null ? {} : { CUDA_VISIBLE_DEVICES: visible };
  const start = () => Ours.gpus(gpus, env);
  return readBoth(golden, { machine: gpus, start, request }, judge);
}

/** What `asked` asks, see `cpu-cases.mjs`. */
function check({ golden, truthJ, ours }) {
  const isExact = Math.abs(ours.joules - truthJ) < 5e-7;
  const words = `${ours.joules} of ${truthJ} J; ${ours.said.join(', ') || 'nothing said'}`;
  const asked = {
    exact: isExact && ours.isComplete,
    'exact, said': isExact && !ours.isComplete,
    'less, said': ours.joules < truthJ && !ours.isComplete && ours.said.length > 0,
    'none, said': ours.isEmpty && ours.said.length > 0,
  };
  assert.ok(asked[golden.asked], `${golden.name}: asked is "${golden.asked}", it is ${words}`);
}

const judge = await CodeCarbon.start();
const rows = [];
let [passed, failed, skipped] = [0, 0, 0];
for (const [golden, read] of [
  ...CPU_CASES.map((one) => [one, readCpu]),
  ...GPU_CASES.map((one) => [one, readGpu]),
]) {
  try {
    const result = await read(golden, judge);
    check(result);
    rows.push(rowOf(result));
    passed++;
    console.log(`✓ ${golden.name}`);
  } catch (error) {
    failed++;
    console.log(`✗ ${golden.name}\n  ${String(error?.stack ?? error).replaceAll('\n', '\n  ')}`);
  }
}
judge?.end();

if (failed > 0) {
  console.log('- the table: not looked at, since ours fails');
} else if (judge !== undefined && process.argv.includes('--write')) {
  writeFileSync(GOLDEN, await page(rows));
  console.log(`wrote ${GOLDEN}`);
} else {
  const earlier = readFileSync(GOLDEN, 'utf8');
  const now = await page(judge === undefined ? withTheirsOf(earlier, rows) : rows);
  if (now === earlier) {
    passed++;
    console.log('✓ the table is what it was');
  } else {
    failed++;
    console.log(
      '✗ the table differs: node test/energy-devices/run.mjs --write, and see what changed',
    );
  }
  if (judge === undefined) {
    skipped++;
    console.log(`- CodeCarbon's columns: skipped, CodeCarbon ${VERSION} is not installed`);
  }
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
