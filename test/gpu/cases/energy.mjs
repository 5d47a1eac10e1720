import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { payloads } from '../../../scripts/lib/notebook.mjs';
import { run } from '../../../scripts/lib/process.mjs';
import { notebookOf } from '../../lib/notebook.mjs';

const CARBON = 'application/vnd.halfnote.carbon.v2+json';
/** Long beside the tenth of a second after which the counter moves. */
const SECONDS = 1.5;
/** What Halfnote calls measured: a counter, or power that was read over time. */
const MEASURED = ['counter', 'integrated power'];

/** NVML as the kernel reads it; where there is no GPU, a driver of our own stands in. */
export const energyCases = {
  'the energy counter rises, and faster under load': fasterUnderLoad,
  'measureEnergy attributes joules of the counter to the work': attributes,
  '%%carbon reports the GPU, measured': carbonCell,
};

/** Products for so long, each of them waited for. */
function compute(tf) {
  const end = performance.now() + 1000 * SECONDS;
  let count = 0;
  tf.tidy(() => {
    const a = tf.fill([1024, 1024], 1 / 1024);
    for (; performance.now() < end; count++) tf.tidy(() => tf.matMul(a, a).dataSync());
  });
  assert.ok(count > 0);
}

async function fasterUnderLoad({ tf, halfnote }) {
  const { meters, absent } = halfnote.findMeters();
  const meter = meters.find(({ component }) => component === 'gpu');
  try {
    assert.ok(
      meter !== undefined,
      `no meter of a GPU: ${absent.map(({ message }) => message).join(' ')}`,
    );
    assert.ok(MEASURED.includes(meter.method), `${meter.source}: ${meter.method}`);
    const read = () => meter.read(performance.now() / 1000).joules;
    const start = read();
    await sleep(1000 * SECONDS);
    const idle = read();
    const began = performance.now();
    compute(tf);
    const seconds = (performance.now() - began) / 1000;
    const end = read();
    const watts = [(idle - start) / SECONDS, (end - idle) / seconds];
    const text = `${watts.map((one) => one.toFixed(0)).join(' W idle, ')} W under load`;
    assert.ok(watts[0] > 0 && watts[1] < 3000, text);
    assert.ok(watts[1] > watts[0], `no more under load: ${text}`);
    return `${text}, ${meter.source}`;
  } finally {
    for (const one of meters) one.close?.();
  }
}

async function attributes({ tf, halfnote }) {
  const { window } = await halfnote.measureEnergy('products', () => compute(tf));
  const part = window.parts.find(({ component }) => component === 'gpu');
  assert.ok(part !== undefined, `parts: ${window.parts.map(({ source }) => source).join(', ')}`);
  assert.ok(MEASURED.includes(part.method), `${part.source}: ${part.method}`);
  const [machineJ, userJ] = [part.machineJ.value, part.accountsJ.user.value];
  assert.ok(machineJ > 0, `${machineJ} J of the GPU`);
  assert.ok(userJ > 0 && userJ <= machineJ * 1.001, `${userJ} J of ${machineJ}`);
  return `${userJ.toFixed(0)} of ${machineJ.toFixed(0)} J in ${window.durationS.toFixed(1)} s`;
}

const CELLS = [
  `import * as tf from '@tensorflow/tfjs';
const a = tf.fill([1024, 1024], 1 / 1024);`,
  `%%carbon
const end = Date.now() + ${1000 * SECONDS};
while (Date.now() < end) tf.tidy(() => { tf.matMul(a, a).dataSync(); });`,
];

/** Through the kernel, its energy monitor and its front end's payload, as a notebook has it. */
async function carbonCell({ kernel }) {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-gpu-'));
  try {
    const path = join(folder, 'carbon.ipynb');
    writeFileSync(path, JSON.stringify(notebookOf(CELLS)));
    const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
    await run(process.execPath, [join(kernel, 'cli/main.js'), 'run', path], { cwd: folder, env });
    const [report] = payloads(JSON.parse(readFileSync(path, 'utf8')), CARBON);
    assert.ok(report !== undefined, 'the cell has no carbon report');
    const device = report.devices.find(({ component }) => component === 'gpu');
    assert.ok(
      device !== undefined,
      `it reports on ${report.devices.map(({ source }) => source).join(', ')}`,
    );
    assert.ok(MEASURED.includes(device.method), `${device.source}: ${device.method}`);
    assert.ok(device.machineJ.value > 0, `${device.machineJ.value} J`);
    return `${device.machineJ.value.toFixed(0)} J, ${device.method}, ${device.source}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
