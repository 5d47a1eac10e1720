import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noteBegin, writeNotebook } from './notebooks.mjs';
import { begunIn, outputOf, startCommand, startSweep, statusOf, sweep } from './sweep.mjs';

/** @param {string} folder where the cases may write */
export function localCases(folder) {
  mkdirSync(folder, { recursive: true });
  const place = (name) => {
    const at = join(folder, name);
    mkdirSync(at);
    return { nb: join(at, 'nb.ipynb'), out: join(at, 'out'), log: join(at, 'log') };
  };
  return {
    '40 points on 2 workers: 2 kernels, 40 cell processes': async () => {
      const { nb, out, log } = place('forty');
      writeNotebook(nb, "let format = 'fp32';\nlet seed = 0;", [
        noteBegin(log),
        `const begun = performance.now();\nlet sum = 0;\nfor (let i = 0; i < 1000; i++) sum += i * seed;\nconsole.log(format, sum, 'own ' + (performance.now() - begun));`,
      ]);
      const start = performance.now();
      const { code, stdout, stderr } = await sweep(
        ...[nb, '-p', 'format=fp32,bf16', '-p', 'seed=1..20', '--workers', '2', '--to', out],
      );
      const wallS = (performance.now() - start) / 1000;
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^40 of 40 points finished/);
      const points = await statusOf(out);
      assert.deepEqual([...new Set(points.map(({ state }) => state))], ['finished']);
      for (const point of points) {
        const { format, seed } = point.parameters;
        assert.ok(
          outputOf(out, point).includes(`${format} ${499500 * seed}`),
          outputOf(out, point),
        );
      }
      const begun = begunIn(log);
      assert.equal(begun.length, 40);
      assert.equal(new Set(begun.map(({ cells }) => cells)).size, 40);
      assert.equal(new Set(begun.map(({ kernel }) => kernel)).size, 2);
      const ownS = points
        .map((point) => Number(/own ([\d.e-]+)/.exec(outputOf(out, point))[1]) / 1000)
        .reduce((sum, value) => sum + value);
      const overheadS = (2 * wallS - ownS) / 40;
      console.log(
        `  ${wallS.toFixed(1)} s in all; ${overheadS.toFixed(3)} s of a worker for each point over its cells' own time`,
      );
    },

    'a point that has finished is never run again': async () => {
      const { nb, out, log } = place('resumed');
      const fixed = join(folder, 'fixed');
      writeNotebook(nb, 'let seed = 0;', [
        noteBegin(log),
        `if (seed === 2 && !(await import('node:fs')).existsSync(${JSON.stringify(fixed)})) throw new Error('diverged at 2');`,
      ]);
      const command = [nb, '-p', 'seed=1..3', '--workers', '2', '--to', out];
      const first = await sweep(...command);
      assert.equal(first.code, 1);
      assert.match(first.stdout, /^2 of 3 points finished/);
      assert.match(
        first.stderr,
        /1 point failed, the first of them seed=2: .*Error: diverged at 2\nhalfnote sweep status/,
      );
      const again = await sweep(...command);
      assert.equal(again.code, 1);
      assert.deepEqual(
        begunIn(log)
          .map(({ seed }) => seed)
          .sort(),
        [1, 2, 3],
      );
      const { stdout } = await sweep('status', out);
      assert.match(stdout, /3 points: 2 finished, 1 failed\nfailed {3}seed=2: .*diverged at 2$/m);
      const failed = (await statusOf(out)).find(({ state }) => state === 'failed');
      assert.ok(existsSync(join(out, 'points', `${failed.key}.failed.ipynb`)));
      writeFileSync(fixed, '');
      const retried = await sweep('retry', out, '--workers', '2');
      assert.equal(retried.code, 0, retried.stderr);
      assert.match(retried.stdout, /^3 of 3 points finished/);
      assert.deepEqual(
        begunIn(log)
          .map(({ seed }) => seed)
          .sort(),
        [1, 2, 2, 3],
      );
      assert.ok(!existsSync(join(out, 'points', `${failed.key}.failed.ipynb`)));
    },

    'one run tells its metrics, energy and status as JSON, a failed one too': async () => {
      const { nb } = place('json');
      writeNotebook(nb, 'let seed = 0;', [
        `import { record } from 'halfnote';
record('loss', seed / 2, { unit: 'nat' });
record('norm', Infinity);
if (seed === 4) throw new Error('no fours');`,
      ]);
      const run = (seed) =>
        startCommand(['run', nb, '-o', join(folder, 'ran.ipynb'), '-p', `seed=${seed}`, '--json'])
          .done;
      const { code, stdout } = await run(3);
      assert.equal(code, 0);
      const { status, error, metrics, energy, parameters, cellsS } = JSON.parse(stdout);
      assert.deepEqual(metrics, {
        loss: { value: 1.5, unit: 'nat' },
        norm: { value: 'Infinity', unit: '' },
      });
      assert.deepEqual([status, error, parameters], ['finished', null, { seed: 3 }]);
      assert.ok(cellsS > 0 && energy.machineJ.value > 0 && energy.durationS > 0);
      const failed = await run(4);
      assert.equal(failed.code, 1);
      const told = JSON.parse(failed.stdout);
      assert.equal(told.status, 'failed');
      assert.equal(told.metrics.loss.value, 2);
      assert.match(told.error, /no fours/);
    },

    'two processes on one folder share its points': async () => {
      const { nb, out, log } = place('shared');
      writeNotebook(nb, 'let seed = 0;', [noteBegin(log)]);
      const command = [nb, '-p', 'seed=1..8', '--workers', '1', '--to', out];
      const runs = await Promise.all([startSweep(command).done, startSweep(command).done]);
      for (const { code, stderr } of runs) assert.equal(code, 0, stderr);
      const seeds = begunIn(log).map(({ seed }) => seed);
      assert.deepEqual(
        seeds.sort((a, b) => a - b),
        [1, 2, 3, 4, 5, 6, 7, 8],
      );
    },

    'recorded metrics, energy and seconds stand in the table, compared over seeds': async () => {
      const { nb, out } = place('table');
      writeNotebook(nb, "let format: string = 'fp32';\nlet seed = 0;", [
        `import { record } from 'halfnote';
record('loss', (format === 'fp32' ? 1 : 2) + seed / 10);
record('note', format + ', "quoted"');
if (seed === 3) record('odd', NaN);`,
      ]);
      const made = await sweep(
        ...[nb, '-p', 'format=fp32,bf16', '-p', 'seed=1..3', '--workers', '2', '--to', out],
      );
      assert.equal(made.code, 0, made.stderr);
      const { stdout } = await sweep('table', out);
      // Student's interval of 1.1, 1.2 and 1.3: 4.303 standard errors of 0.0577.
      assert.match(stdout, /fp32 +3 +1\.20 \(0\.95–1\.45\)/);
      assert.match(stdout, /Differences from the first row, pair by pair/);
      for (const ending of ['csv', 'json', 'ipynb']) {
        const { code, stderr } = await sweep('table', out, '--to', join(folder, `table.${ending}`));
        assert.equal(code, 0, stderr);
      }
      const lines = readFileSync(join(folder, 'table.csv'), 'utf8').trim().split('\r\n');
      assert.equal(lines.length, 7);
      assert.match(lines[0], /^format,seed,state,loss,note,odd,duration \(s\),energy \(J\)/);
      assert.match(lines[3], /^fp32,3,finished,1\.3,"fp32, ""quoted""",NaN,/);
      const { points, comparison } = JSON.parse(readFileSync(join(folder, 'table.json'), 'utf8'));
      assert.equal(points[4].metrics.loss, 2.2);
      assert.ok(points[0].energy.energyJ.value >= 0);
      assert.ok(
        ['modelled', 'counter', 'integrated power'].includes(points[0].energy.energyJ.method),
      );
      const [, bf16] = comparison.groups;
      assert.ok(Math.abs(bf16.figures[0].difference.value - 1) < 1e-9);
      const rerun = join(folder, 'again');
      const table = await sweep(join(folder, 'table.ipynb'), '-p', 'x=1', '--to', rerun);
      assert.match(table.stderr, /No cell of the notebook has the tag "parameters"/);
    },
  };
}
