import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noteBegin, writeNotebook } from './notebooks.mjs';
import { begunIn, statusOf, sweep } from './sweep.mjs';

/** @param {string} folder where the cases may write */
export function inputCases(folder) {
  mkdirSync(folder, { recursive: true });
  const nb = join(folder, 'nb.ipynb');
  const write = (source) => writeNotebook(nb, "let seed = 0;\nlet format = 'fp32';", [source]);
  return {
    'a parameter that is not declared: what is': async () => {
      write('1');
      const out = join(folder, 'undeclared');
      const { code, stderr } = await sweep(nb, '-p', 'sed=1..3', '--to', out);
      assert.equal(code, 1);
      assert.equal(
        stderr,
        'The cell tagged "parameters" declares no variable "sed"\nDid you mean seed? It declares: seed, format\n',
      );
      assert.ok(!existsSync(out));
    },

    'another sweep in the folder: what differs, and nothing is touched': async () => {
      write('1');
      const out = join(folder, 'other');
      assert.equal((await sweep(nb, '-p', 'seed=1', '--workers', '1', '--to', out)).code, 0);
      const more = await sweep(nb, '-p', 'seed=1,2', '--to', out);
      assert.equal(more.code, 1);
      assert.match(
        more.stderr,
        /holds another sweep: the parameters are seed=1,2, and were seed=1\nName another folder/,
      );
      write('2');
      const changed = await sweep(nb, '-p', 'seed=1', '--to', out);
      assert.match(changed.stderr, /holds another sweep: the code of the notebook has changed\n/);
      assert.deepEqual(
        (await statusOf(out)).map(({ state }) => state),
        ['finished'],
      );
    },

    'a folder without a sweep, a scheduler and a file that are not': async () => {
      const none = await sweep('status', folder);
      assert.match(none.stderr, /holds no sweep: there is no sweep\.json in it\n/);
      const scheduler = await sweep(
        nb,
        '-p',
        'seed=1',
        '--scheduler',
        'pbs',
        '--to',
        join(folder, 'x'),
      );
      assert.match(scheduler.stderr, /--scheduler is "pbs"; allowed: local, slurm, dask/);
      const gone = await sweep(nb, '-p', 'seed=1', '--no-wait', '--to', join(folder, 'x'));
      assert.match(
        gone.stderr,
        /--no-wait is given with the scheduler "local", which .*allowed: slurm/,
      );
      const table = await sweep('table', join(folder, 'other'), '--to', 'table.xls');
      assert.match(
        table.stderr,
        /--to is "table\.xls"; allowed: a file that ends in \.csv, \.json, \.ipynb/,
      );
      const nothing = await sweep(nb, '--to', join(folder, 'x'));
      assert.match(nothing.stderr, /A sweep needs a parameter to set/);
    },

    'a full disk: an error that says so, nothing lost, and the same command goes on': async () => {
      const disk = join(folder, 'disk');
      mkdirSync(disk);
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk], { stdio: 'pipe' });
      } catch {
        return { skipped: 'no file system can be mounted here' };
      }
      try {
        const log = join(folder, 'disk.log');
        // 100 kB a point, and 200 kB for something else.
        write(`${noteBegin(log)}\nconsole.log('x'.repeat(100_000));`);
        const filler = join(disk, 'filler');
        writeFileSync(filler, Buffer.alloc(200_000));
        const command = [nb, '-p', 'seed=1..4', '--workers', '1', '--to', join(disk, 'out')];
        const { code, stderr } = await sweep(...command);
        assert.equal(code, 1);
        assert.match(
          stderr,
          /Can't write .*\.ipynb: there is no space left\.\nWhat is finished stays\./,
        );
        const kept = (await statusOf(join(disk, 'out'))).filter(
          ({ state }) => state === 'finished',
        );
        assert.ok(kept.length >= 1 && kept.length < 4, `${kept.length} finished`);
        rmSync(filler);
        const again = await sweep(...command);
        assert.equal(again.code, 0, again.stderr);
        const begun = begunIn(log).map(({ seed }) => seed);
        for (const { parameters } of kept)
          assert.equal(begun.filter((seed) => seed === parameters.seed).length, 1);
      } finally {
        execFileSync('umount', [disk]);
      }
    },
  };
}
