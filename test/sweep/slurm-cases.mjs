import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fakeSlurm } from './fake-slurm.mjs';
import { noteBegin, writeNotebook } from './notebooks.mjs';
import { begunIn, startSweep, statusOf, sweep, until } from './sweep.mjs';

/** @param {string} folder where the cases may write; it has a blank, as folders do */
export function slurmCases(folder) {
  const base = join(folder, 'with blank');
  mkdirSync(base, { recursive: true });
  const slurm = fakeSlurm(join(folder, 'slurm'));
  const env = {
    PATH: [slurm, process.env.PATH].join(delimiter),
    HALFNOTE_SLURM_POLL_S: '0.1',
  };
  const inSlurm = (args, more = {}) =>
    startSweep([...args, '--scheduler', 'slurm'], { env: { ...env, ...more } }).done;
  const place = (name) => ({
    nb: join(base, `${name}.ipynb`),
    out: join(base, name),
    log: join(base, `${name}.log`),
  });
  return {
    'an array job: its tasks run the points, failures are told, retry hands in those alone':
      async () => {
        const { nb, out, log } = place('array');
        const fixed = join(base, 'fixed');
        writeNotebook(nb, 'let seed = 0;', [
          noteBegin(log),
          `if (seed === 3 && !(await import('node:fs')).existsSync(${JSON.stringify(fixed)})) throw new Error('diverged');`,
        ]);
        const first = await inSlurm([nb, '-p', 'seed=1..4', '--to', out]);
        assert.equal(first.code, 1);
        assert.match(first.stderr, /Slurm has it as job 100;/);
        assert.match(first.stdout, /^3 of 4 points finished/);
        assert.match(first.stderr, /seed=3: .*Error: diverged/);
        const script = join(out, 'slurm', 'array.sh');
        assert.match(readFileSync(script, 'utf8'), /^#SBATCH --array=0-3$/m);
        assert.match(readFileSync(join(out, 'slurm', '2.log'), 'utf8'), /diverged/);
        writeFileSync(fixed, '');
        const retried = await inSlurm(['retry', out, '--workers', '1']);
        assert.equal(retried.code, 0, retried.stderr);
        assert.match(readFileSync(script, 'utf8'), /^#SBATCH --array=2%1$/m);
        assert.deepEqual(
          begunIn(log)
            .map(({ seed }) => seed)
            .sort(),
          [1, 2, 3, 3, 4],
        );
      },

    'without waiting it returns at once, and the points come': async () => {
      const { nb, out, log } = place('later');
      writeNotebook(nb, 'let seed = 0;', [noteBegin(log)]);
      const { code, stdout } = await inSlurm([nb, '-p', 'seed=1,2', '--to', out, '--no-wait']);
      assert.equal(code, 0);
      assert.match(stdout, /^0 of 2 points finished/);
      await until('both are there', async () =>
        (await statusOf(out)).every(({ state }) => state === 'finished'),
      );
    },

    'a scheduler that is not here, or goes away: an error, and finished points stay': async () => {
      const { nb, out, log } = place('gone');
      writeNotebook(nb, 'let seed = 0;', [noteBegin(log)]);
      const none = await sweep(nb, '-p', 'seed=1,2', '--to', out, '--scheduler', 'slurm');
      assert.equal(none.code, 1);
      assert.match(none.stderr, /^The command "sbatch" is not here\n/);
      const gone = await inSlurm([nb, '-p', 'seed=1,2', '--to', out], { FAKE_SLURM_GONE: '1' });
      assert.equal(gone.code, 1);
      assert.match(gone.stderr, /"squeue" failed: .*Unable to contact slurm controller/);
      // The job goes on without us.
      await until('its tasks have run', async () =>
        (await statusOf(out)).every(({ state }) => state === 'finished'),
      );
      const { code, stdout } = await inSlurm([nb, '-p', 'seed=1,2', '--to', out]);
      assert.equal(code, 0);
      assert.match(stdout, /^2 of 2 points finished/);
    },
  };
}
