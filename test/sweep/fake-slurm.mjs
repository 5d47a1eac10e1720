import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Stand-ins for the programs of Slurm that really run an array job, two tasks at a time, or a job without tasks:
 * what they know of each other are files in `folder`. `FAKE_SLURM_GONE` makes `squeue` say what it does when its daemon can't be reached.
 * @returns {string} the folder with the programs, for PATH
 */
export function fakeSlurm(folder) {
  mkdirSync(folder, { recursive: true });
  const program = (name, body) => {
    writeFileSync(join(folder, name), `#!${process.execPath}\n${body}`);
    chmodSync(join(folder, name), 0o755);
  };
  const jobs = JSON.stringify(folder);
  program(
    'sbatch',
    `const { spawn } = require('node:child_process'), fs = require('node:fs');
const script = process.argv.at(-1), text = fs.readFileSync(script, 'utf8');
const id = 100 + fs.readdirSync(${jobs}).filter((name) => name.startsWith('job-')).length;
if (!text.includes('--array')) {
  const { pid } = spawn('bash', ['-c', text], { detached: true, stdio: 'ignore' });
  fs.writeFileSync(${jobs} + '/job-' + id, String(pid));
  console.log('Submitted batch job ' + id);
  process.exit();
}
if (process.argv[2] !== '--parsable') throw new Error('expected --parsable');
const list = /^#SBATCH --array=([\\d,-]+)/m.exec(text)[1];
const tasks = list.split(',').flatMap((part) => { const [a, b = a] = part.split('-').map(Number); return Array.from({ length: b - a + 1 }, (_, i) => a + i); });
fs.writeFileSync(${jobs} + '/job-' + id, '');
spawn(process.execPath, [${jobs} + '/slurmctld', id, script, ...tasks], { detached: true, stdio: 'ignore' }).unref();
console.log(id);`,
  );
  program(
    'slurmctld',
    `const { spawn } = require('node:child_process'), fs = require('node:fs');
const [id, script, ...tasks] = process.argv.slice(2);
const output = /^#SBATCH --output="?([^"\\n]+)"?$/m.exec(fs.readFileSync(script, 'utf8'))[1];
const states = Object.fromEntries(tasks.map((task) => [task, 'PENDING']));
const save = () => { fs.writeFileSync(${jobs} + '/job-' + id + '.new', JSON.stringify(states)); fs.renameSync(${jobs} + '/job-' + id + '.new', ${jobs} + '/job-' + id); };
save();
const work = async () => {
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    states[task] = 'RUNNING'; save();
    const log = fs.openSync(output.replace('%a', task), 'w');
    const child = spawn('bash', [script], { env: { ...process.env, SLURM_ARRAY_TASK_ID: task }, stdio: ['ignore', log, log] });
    const code = await new Promise((resolve) => child.on('close', resolve));
    states[task] = code === 0 ? 'COMPLETED' : 'FAILED'; save();
  }
};
work(); work();`,
  );
  program(
    'squeue',
    `const fs = require('node:fs');
if (process.env.FAKE_SLURM_GONE) { console.error('slurm_load_jobs error: Unable to contact slurm controller (connect failure)'); process.exit(1); }
const id = process.argv[process.argv.indexOf('--job') + 1];
const text = fs.readFileSync(${jobs} + '/job-' + id, 'utf8');
for (const [task, state] of Object.entries(JSON.parse(text || '{"0":"PENDING"}'))) if (/PENDING|RUNNING/.test(state)) console.log(id + '_' + task);`,
  );
  program(
    'sacct',
    `const fs = require('node:fs');
const id = process.argv[process.argv.indexOf('--jobs') + 1];
for (const [task, state] of Object.entries(JSON.parse(fs.readFileSync(${jobs} + '/job-' + id, 'utf8')))) console.log(id + '_' + task + '|' + state + '|' + (state === 'FAILED' ? '1:0' : '0:0'));`,
  );
  program(
    'scancel',
    `const fs = require('node:fs');
for (const id of process.argv.slice(2)) {
  const text = fs.readFileSync(${jobs} + '/job-' + id, 'utf8');
  if (/^\\d+$/.test(text)) try { process.kill(-text, 'SIGTERM'); } catch {}
}`,
  );
  return folder;
}
