import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeNotebook } from './notebooks.mjs';
import { startCommand, sweep } from './sweep.mjs';

/** @param {string} folder where the cases may write */
export function reportCases(folder) {
  mkdirSync(folder, { recursive: true });
  const report = (...args) => startCommand(['report', ...args, '--no-pdf']).done;
  return {
    'joins the joules of all points, with the hash of each notebook': async () => {
      const nb = join(folder, 'nb.ipynb');
      const out = join(folder, 'out');
      writeNotebook(nb, 'let seed = 0;', [
        `for (const end = performance.now() + 200; performance.now() < end;);
if (seed === 2) throw new Error('diverged');`,
      ]);
      const { code } = await sweep(nb, '-p', 'seed=1..3', '--workers', '1', '--to', out);
      assert.equal(code, 1);
      const { stdout, stderr } = await report('--sweep', out, '--grid-intensity', '360');
      assert.match(stdout, /INVALID because seed=2 failed: .*diverged/, stderr);
      const { points, energy, carbon, verdict } = JSON.parse(
        readFileSync(join(out, 'sweep.report.json'), 'utf8'),
      );
      const joules = points.map(({ key, state, notebookHash }) => {
        const ending = state === 'failed' ? 'failed.ipynb' : 'ipynb';
        const text = readFileSync(join(out, 'points', `${key}.${ending}`), 'utf8');
        const hash = createHash('sha256').update(text).digest('hex');
        assert.equal(notebookHash, `sha256:${hash}`);
        return JSON.parse(text).metadata.halfnote_run.energy.energyJ.value;
      });
      const sum = joules.reduce((total, value) => total + value);
      assert.ok(sum > 0);
      assert.ok(Math.abs(energy.energyJ.value - sum) < 1e-9 * sum);
      assert.ok(Math.abs(carbon.operationalG.value - sum / 10_000) < 1e-9 * sum);
      assert.deepEqual(
        verdict.remarks.filter((text) => text.includes('beside others')),
        [],
      );
      assert.match(readFileSync(join(out, 'sweep.report.html'), 'utf8'), /<h1>Sweep of nb\.ipynb</);
    },

    'takes no notebook and no trials beside a sweep, and no folder without one': async () => {
      const beside = await report('nb.ipynb', '--sweep', folder, '--trials', '2');
      assert.match(
        beside.stderr,
        /--sweep is given with nb\.ipynb, --trials, but it joins what has run already/,
      );
      const none = await report('--sweep', folder);
      assert.match(none.stderr, /holds no sweep/);
    },
  };
}
