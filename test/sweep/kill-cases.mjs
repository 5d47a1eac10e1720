import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { noteBegin, writeNotebook } from './notebooks.mjs';
import {
  begunIn,
  childrenOf,
  outputOf,
  startSweep,
  statusOf,
  sweep,
  until,
  untilGone,
} from './sweep.mjs';

const KILLS = 5;

/** Random numbers of a seed, so that what failed can be run again. */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Nothing began once it had finished: the last to begin is the one whose notebook was kept. */
async function assertOnceFinished(out, log) {
  const begun = begunIn(log);
  for (const point of await statusOf(out)) {
    if (point.state !== 'finished') continue;
    const last = begun.filter(({ seed }) => seed === point.parameters.seed).at(-1);
    const kept = Number(/cells of (\d+)/.exec(outputOf(out, point))[1]);
    assert.equal(kept, last.cells, `point ${point.parameters.seed} began again after its finish`);
  }
}

/** @param {string} folder where the cases may write */
export function killCases(folder) {
  mkdirSync(folder, { recursive: true });
  const place = (name) => {
    const at = join(folder, name);
    mkdirSync(at);
    return { nb: join(at, 'nb.ipynb'), out: join(at, 'out'), log: join(at, 'log') };
  };
  const goneAfter = (log) =>
    untilGone(begunIn(log).flatMap(({ cells, kernel }) => [cells, kernel]));
  return {
    [`${KILLS} workers killed at random moments: the table is complete`]: async () => {
      const seed = Number(process.env.HALFNOTE_SWEEP_SEED ?? Math.floor(Math.random() * 2 ** 31));
      console.log(`  HALFNOTE_SWEEP_SEED=${seed}`);
      const random = randomOf(seed);
      const { nb, out, log } = place('workers');
      writeNotebook(nb, 'let seed = 0;', [
        noteBegin(log),
        'await new Promise((f) => setTimeout(f, 40 * (seed % 5)));',
      ]);
      const count = 25;
      const moments = new Set();
      while (moments.size < KILLS) moments.add(Math.floor(random() * (count - KILLS)));
      let [lines, killed] = [0, 0];
      const running = startSweep([nb, '-p', `seed=1..${count}`, '--workers', '5', '--to', out], {
        onLine: (line) => {
          if (!/^\[/.test(line) || !moments.has(lines++)) return;
          const shoot = () => {
            const kernels = childrenOf(running.child.pid);
            if (kernels.length === 0) return;
            process.kill(kernels[Math.floor(random() * kernels.length)], 'SIGKILL');
            killed++;
          };
          setTimeout(shoot, random() * 300);
        },
      });
      const { code, stdout, stderr } = await running.done;
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^25 of 25 points finished/);
      console.log(`  ${killed} kernels killed, ${begunIn(log).length - count} points begun again`);
      assert.ok(killed > 0);
      await assertOnceFinished(out, log);
      await goneAfter(log);
    },

    'a kernel killed as it starts: another one takes its place': async () => {
      const { nb, out, log } = place('start');
      writeNotebook(nb, 'let seed = 0;', [noteBegin(log)]);
      const running = startSweep([nb, '-p', 'seed=1,2', '--workers', '1', '--to', out]);
      await until('a kernel is there', () => childrenOf(running.child.pid).length > 0);
      for (const kernel of childrenOf(running.child.pid)) process.kill(kernel, 'SIGKILL');
      const { code, stdout, stderr } = await running.done;
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^2 of 2 points finished/);
      await goneAfter(log);
    },

    'the sweep killed, and its points with it; the same command goes on': async () => {
      const { nb, out, log } = place('whole');
      // The third never ends, and hears of nothing, unless it runs again.
      writeNotebook(nb, 'let seed = 0;', [
        noteBegin(log),
        `const text = (await import('node:fs')).readFileSync(${JSON.stringify(log)}, 'utf8');
if (seed === 3 && text.match(/^3 /gm)!.length === 1) for (;;) {}`,
      ]);
      const command = [nb, '-p', 'seed=1..6', '--workers', '2', '--to', out];
      const first = startSweep(command);
      await until('all others have finished', async () => {
        if (begunIn(log).length < 6) return false;
        return (await statusOf(out)).filter(({ state }) => state === 'finished').length === 5;
      });
      const [third] = (await statusOf(out)).filter(({ state }) => state === 'running');
      assert.deepEqual(third.parameters, { seed: 3 });
      assert.equal(third.pid, first.child.pid);
      first.child.kill('SIGKILL');
      await first.done;
      await goneAfter(log);
      assert.equal((await statusOf(out))[2].state, 'waiting');
      const { code, stderr } = await sweep(...command);
      assert.equal(code, 0, stderr);
      assert.deepEqual(
        begunIn(log)
          .map(({ seed }) => seed)
          .sort(),
        [1, 2, 3, 3, 4, 5, 6],
      );
      await assertOnceFinished(out, log);
      await goneAfter(log);
    },

    'Ctrl-C: finished points stay, running ones are ended': async () => {
      const { nb, out, log } = place('interrupted');
      writeNotebook(nb, 'let seed = 0;', [
        noteBegin(log),
        'if (seed > 2) await new Promise(() => setInterval(() => 0, 1000));',
      ]);
      const running = startSweep([nb, '-p', 'seed=1..9', '--workers', '2', '--to', out]);
      await until('two points wait', () => begunIn(log).length === 4);
      running.child.kill('SIGINT');
      const { code, stdout, stderr } = await running.done;
      assert.equal(code, 130, stderr);
      assert.match(stdout, /^Stopped: 2 of 9 points finished\. The same command goes on\.$/m);
      await goneAfter(log);
      const states = (await statusOf(out)).map(({ state }) => state);
      assert.deepEqual(
        states.filter((state) => state !== 'waiting'),
        ['finished', 'finished'],
      );
    },

    'a point whose kernel dies each time fails, and the others finish': async () => {
      const { nb, out, log } = place('deadly');
      writeNotebook(nb, 'let seed = 0;', [
        noteBegin(log),
        "if (seed === 1) process.kill(process.ppid, 'SIGKILL');\nawait new Promise((f) => setTimeout(f, seed === 1 ? 1e9 : 0));",
      ]);
      const { code, stderr } = await sweep(nb, '-p', 'seed=1..3', '--workers', '1', '--to', out);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /1 point failed, the first of them seed=1: .*The kernel ended with SIGKILL/,
      );
      const begun = begunIn(log).map(({ seed }) => seed);
      assert.deepEqual(begun, [1, 2, 3, 1, 1, 1, 1, 1]);
      await goneAfter(log);
    },
  };
}
