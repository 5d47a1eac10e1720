/**
 * `worker.mjs TREE WINDOWS SECONDS`: what a window of our monitor costs in a process that has TensorFlow
 * loaded, so with all its threads, and the monitor's load while one is open. One line of JSON.
 */
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../statistics.mjs';

const [powercap, windows, seconds] = process.argv.slice(2);
const halfnote = createRequire(import.meta.url)('../../../kernel/dist/index.js');

const cpuS = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

await halfnote.ensureBackend();
const monitor = new halfnote.EnergyMonitor({ found: halfnote.findMeters({ powercap }) });
for (let i = 0; i < 20; i++) monitor.beginWindow('warm').end();

const windowCpuS = [];
for (let i = 0; i < Number(windows); i++) {
  // Between two windows something runs, as in a notebook.
  await sleep(5);
  const begin = cpuS();
  monitor.beginWindow(`window ${i}`).end();
  windowCpuS.push(cpuS() - begin);
}

// What loading TensorFlow has left behind is collected some time, and would be taken for the monitor's.
gc();
await sleep(3000);
const idle = await share();
monitor.beginWindow('open');
// V8 collects what loading has left once more, on all its threads, when timers go off again: some 3 % of
// a core in that stretch and none later, which the median leaves out.
const held = median([await share(), await share(), await share()]);
console.log(JSON.stringify({ windowCpuS, load: Math.max(0, held - idle) }));
monitor.close();
process.exit(0);

/** Of a core, by this process while nothing else happens in it. */
async function share() {
  const begin = cpuS();
  await sleep(Number(seconds) * 1000);
  return (cpuS() - begin) / Number(seconds);
}
