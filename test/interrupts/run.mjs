#!/usr/bin/env node
/**
 * Interrupts cells and checks that they end within a second, that nothing is lost, and that the next
 * cell isn't hit. Prints latencies and `N passed, N failed, N skipped`. Needs `npm run build`.
 *
 * `node test/interrupts/run.mjs [rounds] [kind]`: each kind of cell (or the one named) so many times in a
 * row, in one session.
 * `node test/interrupts/run.mjs --sweep [--busy 4] [--moments 40] [--abreast 1] [--limit 1000] [--json FILE]`:
 * fresh kernels, one for each of so many moments of their first four seconds, beside so many processes that
 * are busy; so many kernels at a time, with so many milliseconds for each interrupt.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { COLD_CELLS, interruptCold } from './cold.mjs';
import { LIMIT_MS } from './limit.mjs';
import { interruptInSession, SESSION_CELLS } from './session.mjs';

const SPAN_MS = 4000;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sweep: { type: 'boolean', default: false },
    busy: { type: 'string', default: '0' },
    moments: { type: 'string', default: '40' },
    abreast: { type: 'string', default: '1' },
    limit: { type: 'string', default: String(LIMIT_MS) },
    json: { type: 'string' },
  },
});
const rounds = wholeNumber('rounds', positionals[0] ?? '5', 1);
const busy = wholeNumber('--busy', values.busy, 0);
const moments = wholeNumber('--moments', values.moments, 1);
const abreast = wholeNumber('--abreast', values.abreast, 1);
const limitMs = wholeNumber('--limit', values.limit, 1);
const kinds = positionals[1] === undefined ? Object.keys(SESSION_CELLS) : [positionals[1]];
if (!kinds.every((kind) => kind in SESSION_CELLS))
  exit(`The kinds are ${Object.keys(SESSION_CELLS).join(', ')}, not ${positionals[1]}`);

let passed = 0;
let failed = 0;
if (values.sweep) {
  const sweep = Array.from({ length: moments }, (_, i) => (i * SPAN_MS) / Math.max(1, moments - 1));
  const others = Array.from({ length: busy }, () => spawn(process.execPath, ['-e', 'for (;;);']));
  try {
    report(await cold(sweep));
  } finally {
    for (const other of others) other.kill('SIGKILL');
  }
} else {
  ({ passed, failed } = await interruptInSession(rounds, kinds));
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;

/** The kinds of cells take turns over the moments. */
async function cold(sweep) {
  const cells = Object.entries(COLD_CELLS);
  const left = sweep.map((momentMs, i) => ({ momentMs, cell: cells[i % cells.length] }));
  const results = [];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { momentMs, cell } = next;
      const { latencyMs, problem } = await interruptCold(cell[1], momentMs);
      const late = latencyMs > limitMs ? `it took ${latencyMs.toFixed(0)} ms` : undefined;
      results.push({ momentMs, cell: cell[0], latencyMs, problem: problem ?? late });
    }
  };
  await Promise.all(Array.from({ length: abreast }, work));
  return results.sort((a, b) => a.momentMs - b.momentMs);
}

function report(results) {
  const latencies = results
    .map(({ latencyMs }) => latencyMs)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const failures = results.filter(({ problem }) => problem !== undefined);
  passed += results.length - failures.length;
  failed += failures.length;
  console.log('\n  moment  latency  first cell of a fresh kernel');
  for (const { momentMs, cell, latencyMs, problem } of results) {
    const [moment, latency] = [momentMs, latencyMs].map((ms) => `${ms.toFixed(0)} ms`.padStart(8));
    console.log(`${moment} ${latency}  ${cell}${problem === undefined ? '' : `: ✗ ${problem}`}`);
  }
  const median = latencies[Math.floor(latencies.length / 2)] ?? NaN;
  const max = latencies.at(-1) ?? NaN;
  console.log(
    `${results.length - failures.length} of ${results.length} beside ${busy} busy processes: ` +
      `median ${median.toFixed(0)} ms, max ${max.toFixed(0)} ms`,
  );
  const summary = { busy, limitMs, medianMs: median, maxMs: max, results };
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify(summary, null, 2)}\n`);
}

function wholeNumber(name, text, least) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least)
    exit(`${name} is a whole number from ${least}, not ${text}`);
  return number;
}

function exit(message) {
  console.error(message);
  process.exit(2);
}
