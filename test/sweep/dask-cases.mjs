import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tools } from '../tools/environment.mjs';
import { fakeSlurm } from './fake-slurm.mjs';
import { noteBegin, writeNotebook } from './notebooks.mjs';
import { begunIn, childrenOf, isThere, startSweep, statusOf, until, untilGone } from './sweep.mjs';

/** @param {string} folder where the cases may write */
export function daskCases(folder) {
  mkdirSync(folder, { recursive: true });
  const env = { HALFNOTE_PYTHON: tools.program('python') };
  const onDask = (args, scheduler = 'dask', options = {}) =>
    startSweep([...args, '--scheduler', scheduler], { env, ...options });
  const place = (name) => ({
    nb: join(folder, `${name}.ipynb`),
    out: join(folder, name),
    log: join(folder, `${name}.log`),
  });
  const lacking = existsSync(tools.program('dask'))
    ? undefined
    : { skipped: '.venv-tools is not set up' };
  const seeds = (log) => begunIn(log).map(({ seed }) => seed);
  return {
    'a cluster of its own: the points run, one fails, and a killed worker costs nothing':
      async () => {
        if (lacking) return lacking;
        const { nb, out, log } = place('local');
        writeNotebook(nb, 'let seed = 0;', [
          noteBegin(log),
          `if (seed === 2) throw new Error('diverged');
const { readFileSync } = await import('node:fs');
// The first time it waits to be killed.
if (seed === 3 && readFileSync(${JSON.stringify(log)}, 'utf8').match(/^3 /gm)!.length === 1) for (;;) {}`,
        ]);
        const running = onDask([nb, '-p', 'seed=1..5', '--workers', '2', '--to', out]);
        await until('point 3 has begun', () => seeds(log).includes(3));
        const third = (await statusOf(out)).find(({ parameters }) => parameters.seed === 3);
        const worker = Number(
          /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${third.pid}/status`, 'utf8'))[1],
        );
        process.kill(worker, 'SIGKILL');
        const { code, stdout, stderr } = await running.done;
        assert.equal(code, 1, stderr);
        assert.match(stderr, /Dask has 2 workers/);
        assert.match(stdout, /^4 of 5 points finished/, stderr);
        assert.match(stderr, /1 point failed, the first of them seed=2: .*diverged/);
        assert.deepEqual(seeds(log).sort(), [1, 2, 3, 3, 4, 5]);
        await untilGone(begunIn(log).flatMap(({ cells, kernel }) => [cells, kernel]));
      },

    'a scheduler at an address that goes away: an error, and finished points stay': async () => {
      if (lacking) return lacking;
      const { nb, out, log } = place('address');
      writeNotebook(nb, 'let seed = 0;', [
        noteBegin(log),
        'if (seed === 2) await new Promise(() => setInterval(() => 0, 1000));',
      ]);
      const file = join(folder, 'scheduler.json');
      const python = tools.program('python');
      const start = (args) =>
        spawn(python, ['-m', 'distributed.cli.' + args[0], ...args.slice(1)], { stdio: 'ignore' });
      const host = ['--host', '127.0.0.1', '--no-dashboard'];
      const scheduler = start(['dask_scheduler', '--port', '0', ...host, '--scheduler-file', file]);
      const worker = start([
        ...['dask_worker', '--scheduler-file', file, '--nthreads', '1', '--no-nanny'],
        ...['--no-dashboard', '--death-timeout', '10'],
      ]);
      try {
        await until('the scheduler is there', () => existsSync(file) && addressIn(file));
        const running = onDask([nb, '-p', 'seed=1..3', '--to', out], `dask:${addressIn(file)}`);
        await until('point 2 has begun', () => seeds(log).includes(2));
        scheduler.kill('SIGKILL');
        const { code, stderr } = await running.done;
        assert.equal(code, 1);
        assert.match(stderr, /points? didn't run on Dask: The scheduler has gone/);
        assert.equal((await statusOf(out))[0].state, 'finished');
      } finally {
        scheduler.kill('SIGKILL');
        worker.kill('SIGKILL');
      }
      await untilGone(begunIn(log).flatMap(({ cells, kernel }) => [cells, kernel]));
    },

    'no scheduler at the address: an error that says so': async () => {
      if (lacking) return lacking;
      const { nb, out } = place('nobody');
      writeNotebook(nb, 'let seed = 0;', ['1']);
      const { code, stderr } = await onDask(
        [nb, '-p', 'seed=1', '--to', out],
        'dask:tcp://127.0.0.1:9',
      ).done;
      assert.equal(code, 1);
      assert.match(
        stderr,
        /1 point didn't run on Dask: No scheduler answers at tcp:\/\/127\.0\.0\.1:9/,
      );
    },

    'jobs of a queue by dask-jobqueue: the points run, and no job is left': async () => {
      if (lacking) return lacking;
      const { nb, out, log } = place('queue');
      const slurm = fakeSlurm(join(folder, 'slurm'));
      writeNotebook(nb, 'let seed = 0;', [noteBegin(log)]);
      const options = {
        ...{ cores: 1, processes: 1, memory: '1GB', death_timeout: 60 },
        ...{ local_directory: folder, log_directory: folder },
        scheduler_options: { host: '127.0.0.1', dashboard_address: null },
      };
      const { code, stdout, stderr } = await onDask(
        [
          ...[nb, '-p', 'seed=1..3', '--workers', '2', '--to', out],
          ...['--cluster-options', JSON.stringify(options)],
        ],
        'dask:dask_jobqueue.SLURMCluster',
        { env: { ...env, PATH: `${slurm}:${process.env.PATH}` } },
      ).done;
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^3 of 3 points finished/);
      const jobs = readdirSync(slurm).filter((name) => name.startsWith('job-'));
      // The first may have run all points before the second is handed in.
      assert.ok([1, 2].includes(jobs.length), jobs.join());
      await untilGone(jobs.map((job) => Number(readFileSync(join(slurm, job), 'utf8'))));
    },

    'a class that is not there, or makes no cluster: an error that says so': async () => {
      if (lacking) return lacking;
      const { nb, out } = place('classes');
      writeNotebook(nb, 'let seed = 0;', ['1']);
      const failing = async (scheduler, options) => {
        const { code, stderr } = await onDask(
          [nb, '-p', 'seed=1', '--to', out, '--cluster-options', options],
          scheduler,
        ).done;
        assert.equal(code, 1);
        return stderr;
      };
      assert.match(
        await failing('dask:no_such.Cluster', '{}'),
        /1 point didn't run on Dask: \S+ has no no_such\.Cluster: No module named 'no_such'/,
      );
      assert.match(
        await failing('dask:distributed.LocalCluster', '{"hosts": 3}'),
        /distributed\.LocalCluster made no cluster: \w+Error: /,
      );
      assert.match(
        await failing('dask:distributed.LocalCluster', '[]'),
        /--cluster-options is \[\], expected a JSON object of keyword arguments/,
      );
    },

    'the sweep killed: Dask and the points end with it': async () => {
      if (lacking) return lacking;
      const { nb, out, log } = place('killed');
      writeNotebook(nb, 'let seed = 0;', [
        noteBegin(log),
        'await new Promise(() => setInterval(() => 0, 1000));',
      ]);
      const running = onDask([nb, '-p', 'seed=1,2', '--workers', '2', '--to', out]);
      await until('both wait', () => seeds(log).length === 2);
      const descend = (pid) => childrenOf(pid).flatMap((child) => [child, ...descend(child)]);
      const all = [...descend(running.child.pid), ...begunIn(log).map(({ cells }) => cells)];
      assert.ok(all.some(isThere));
      running.child.kill('SIGKILL');
      await running.done;
      await untilGone(all);
    },
  };
}

/** Empty while the scheduler still writes it. */
function addressIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).address;
  } catch {
    return '';
  }
}
