import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, TestNotebook } from '../../../test/support/runtime-notebook';

/** Users are promised a second, which `test/interrupts` measures; other tests run beside this one. */
const LIMIT_MS = 3000;

let notebook: TestNotebook;

beforeAll(async () => {
  notebook = await TestNotebook.open();
  await notebook.run('let kept = 42;');
});
afterAll(async () => {
  await notebook.close();
});

const KINDS = {
  'a loop': `for (;;);`,
  'a loop after an await': `await null; for (;;);`,
  'a loop after a timer': `await new Promise((r) => setTimeout(r, 1)); for (;;);`,
  'a loop of microtasks': `for (;;) await null;`,
  'a loop that waits for timers': `for (;;) await new Promise((r) => setTimeout(r, 1));`,
  'a loop inside a timer': `setTimeout(() => { for (;;); }, 1); await new Promise(() => {});`,
  'a loop of promised timers': `const { setTimeout: sleep } = await import('node:timers/promises'); for (;;) await sleep(1);`,
  'a promise that never settles': `await new Promise(() => {});`,
  'a loop that prints': `for (;;) console.log('more');`,
};

/** Cells that wait for others: `sleep` is told apart by how long it would. */
const CHILDREN = {
  'a child that it waits for': `execSync('sleep 987.1');`,
  'a child whose end it catches': `for (;;) try { execSync('sleep 987.1'); } catch {}`,
  'a child after an await': `await null; try { spawnSync('sleep', ['987.1']); } catch {}`,
  'a file that is executed': `execFileSync('sleep', ['987.1']);`,
  'a child of a child': `execSync('sh -c "sleep 987.1; true"; true');`,
  'a child that ignores Ctrl+C': `execSync("trap '' INT; sleep 987.1; true");`,
  'a child that ignores all but the hardest signal': `execSync("trap '' INT TERM; while true; do sleep 987.1; done");`,
  'a child that holds on to its output in a session of its own': `execSync('setsid sleep 987.1; true');`,
  'a child that it awaits': `await promisify(exec)('sleep 987.1');`,
  'a child that it awaits and that ignores Ctrl+C': `await promisify(exec)("trap '' INT; sleep 987.1; true");`,
};

function sleepers(seconds: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').startsWith(`sleep\0${seconds}\0`);
    } catch {
      return false;
    }
  });
}

describe.runIf(process.platform === 'linux').each(Object.entries(CHILDREN))('%s', (_, code) => {
  it('is ended with the cell, within a second', async () => {
    await notebook.run(
      `import { exec, execFileSync, execSync, spawnSync } from 'node:child_process'; import { promisify } from 'node:util';`,
    );
    const executed = notebook.run(code);
    await notebook.until(() => sleepers('987.1').length > 0);
    const begin = performance.now();
    void notebook.runtime.interrupt();
    expect(errorOf(await executed).ename).toBe('Interrupted');
    expect(performance.now() - begin).toBeLessThan(LIMIT_MS);
    await notebook.until(() => sleepers('987.1').length === 0);
    expect((await notebook.run('kept')).result).toBe('42');
  });
});

it.runIf(process.platform === 'linux')(
  'leaves children alone that were detached on purpose',
  async () => {
    await notebook.run(
      `import { spawn } from 'node:child_process'; const server = spawn('sleep', ['987.2'], { detached: true, stdio: 'ignore' });`,
    );
    await notebook.interruptWhenRunning(`console.log('running'); for (;;);`);
    expect(sleepers('987.2')).toHaveLength(1);
    await notebook.run(`server.kill('SIGKILL')`);
  },
);

it.runIf(process.platform === 'linux')(
  'tells what earlier cells left in the background as Ctrl+C does, and ends nothing that ignores it',
  async () => {
    await notebook.run(
      `import { spawn } from 'node:child_process'; const polite = spawn('sleep', ['987.3']); const deaf = spawn('sh', ['-c', "trap '' INT; sleep 987.4; true"]); 0`,
    );
    await notebook.until(() => sleepers('987.3').length + sleepers('987.4').length === 2);
    await notebook.runtime.interrupt();
    await notebook.until(() => sleepers('987.3').length === 0);
    // Longer than a cell's own children are given.
    await new Promise((wake) => setTimeout(wake, 600));
    expect((await notebook.run('[polite.signalCode, deaf.signalCode]')).result).toBe(
      `[ 'SIGINT', null ]`,
    );
    for (const pid of sleepers('987.4')) process.kill(Number(pid), 'SIGKILL');
  },
);

it('ends a value that takes for ever to be shown, and keeps what the cell declared', async () => {
  const executed = await notebook.interruptWhenRunning(
    `const declared = 7; ({ [Symbol.for('nodejs.util.inspect.custom')]() { console.log('running'); for (;;); } })`,
  );
  expect(errorOf(executed).ename).toBe('Interrupted');
  expect((await notebook.run('declared')).result).toBe('7');
});

it('ends an expression that a front end asks for', async () => {
  await notebook.run(`import { writeFileSync } from 'node:fs'; 0`);
  const evaluated = notebook.runtime.evaluate(
    `(() => { writeFileSync('evaluates', ''); for (;;); })()`,
  );
  await notebook.until(() => existsSync(join(notebook.cwd, 'evaluates')));
  await notebook.runtime.interrupt();
  expect(await evaluated).toMatchObject({ ename: 'Interrupted' });
  expect((await notebook.run('kept')).result).toBe('42');
});

it('says that a cell was interrupted in one line, wherever it stood', async () => {
  const executed = await notebook.interruptWhenRunning(
    `const depth = (n: number): number => { if (n > 0) return depth(n - 1); console.log('running'); for (;;); }; depth(30)`,
  );
  expect(errorOf(executed).traceback).toEqual([
    'Interrupted: The cell was interrupted. Variables are kept.',
  ]);
});

describe('native code that nothing can stop', () => {
  const native = (rounds: number): string =>
    `console.log('running'); require('node:crypto').pbkdf2Sync('a', 'b', ${rounds}, 64, 'sha512'); globalThis.passed = true;`;

  it('lets the cell end within a second, and the next one wait for it with variables kept', async () => {
    const executed = notebook.run(native(3e6));
    const count = notebook.lastCount;
    await notebook.until(() => notebook.seen(count).stdout.includes('running'));
    const begin = performance.now();
    await notebook.runtime.interrupt();
    const error = errorOf(await executed);
    expect(performance.now() - begin).toBeLessThan(LIMIT_MS);
    expect(error.traceback).toHaveLength(1);
    expect(error.evalue).toContain('native code');
    expect((await notebook.run(`[kept, 'passed' in globalThis]`)).result).toBe('[ 42, false ]');
  });

  it('is ended with its process for whoever interrupts the cell that waits', async () => {
    const other = await TestNotebook.open();
    try {
      const running = other.run(native(9e8));
      await other.until(() => other.seen(1).stdout.includes('running'));
      await other.runtime.interrupt();
      await running;
      const waiting = other.run('1');
      await other.runtime.interrupt();
      const error = errorOf(await waiting);
      expect(error.ename).toBe('Interrupted');
      expect(error.evalue).toContain('All variables are lost');
      expect((await other.run('2')).result).toBe('2');
      expect(other.seen(2).stderr).toBe('');
    } finally {
      await other.close();
    }
  });
});

it('is in time for a cell whose process has not started and whose compiler is not loaded', async () => {
  const other = await TestNotebook.open();
  try {
    const executed = other.run('globalThis.ran = true; for (;;);');
    await other.runtime.interrupt();
    const error = errorOf(await executed);
    expect(error.traceback).toEqual(['Interrupted: The cell was interrupted before it started.']);
    expect((await other.run(`'ran' in globalThis`)).result).toBe('false');
  } finally {
    await other.close();
  }
});

describe.each(Object.entries(KINDS))('%s', (_, code) => {
  it.each([1, 2, 3])('is stopped with variables kept, time %i', async () => {
    const process = (await notebook.run('process.pid')).result;
    const executed = await notebook.interruptWhenRunning(`console.log('running'); ${code}`);
    expect(errorOf(executed).ename).toBe('Interrupted');
    expect((await notebook.run('kept')).result).toBe('42');
    expect((await notebook.run('process.pid')).result).toBe(process);
  });
});

it('stops timers that earlier cells left running, when no cell runs', async () => {
  await notebook.run(`let ticks = 0; setInterval(() => { ticks++; console.log('tick'); }, 5); 0`);
  const count = notebook.lastCount;
  await notebook.until(() => notebook.seen(count).stdout.includes('tick'));
  await notebook.runtime.interrupt();
  const before = Number(
    (await notebook.run('await new Promise((r) => setTimeout(r, 100)); ticks')).result,
  );
  expect((await notebook.run('await new Promise((r) => setTimeout(r, 100)); ticks')).result).toBe(
    String(before),
  );
});

it('can be caught by a loop that looks at the flag, and does not haunt the next cell', async () => {
  const look = `(globalThis as any)[Symbol.for('halfnote.host')].throwIfInterrupted()`;
  const { result } = await notebook.interruptWhenRunning(
    `console.log('running'); let seen = ''; try { for (;;) ${look}; } catch (e: any) { seen = e.name; } seen`,
  );
  expect(result).toBe(`'Interrupted'`);
  expect((await notebook.run(`${look}; 'fine'`)).result).toBe(`'fine'`);
});

describe('with tfjs', () => {
  beforeAll(async () => {
    await notebook.run(
      `import * as tf from '@tensorflow/tfjs';
       const model = tf.sequential({ layers: [tf.layers.dense({ units: 64, inputShape: [64] }), tf.layers.dense({ units: 1 })] });
       model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
       const x = tf.randomNormal([256, 64]), y = tf.randomNormal([256, 1]);`,
    );
  });

  it.each([1, 2, 3])(
    'stops training between two operations and leaves the model usable, time %i',
    async () => {
      const executed = await notebook.interruptWhenRunning(
        `await model.fit(x, y, { epochs: 1e6, verbose: 0, callbacks: { onTrainBegin: () => console.log('running') } })`,
      );
      expect(errorOf(executed).ename).toBe('Interrupted');
      const { result } = await notebook.run(
        `const s = (tf as any).engine().state; [s.kernelDepth, s.gradientDepth, s.scopeStack.length]`,
      );
      expect(result).toBe('[ 0, 0, 0 ]');
      expect(
        (await notebook.run('(await model.fit(x, y, { epochs: 1, verbose: 0 })).epoch.length'))
          .result,
      ).toBe('1');
    },
  );

  it.each([1, 2, 3])('repairs the engine after a forced stop inside tidy, time %i', async () => {
    const before = (await notebook.run('tf.memory().numTensors')).result;
    const executed = await notebook.interruptWhenRunning(
      `tf.tidy(() => { const inside = tf.zeros([4]); console.log('running'); for (;;); })`,
    );
    expect(errorOf(executed).ename).toBe('Interrupted');
    expect((await notebook.run('(tf as any).engine().state.scopeStack.length')).result).toBe('0');
    expect((await notebook.run('tf.memory().numTensors')).result).toBe(before);
    expect(
      (
        await notebook.run(
          'tf.grad((v: any) => tf.square(v).sum())(tf.tensor1d([3])).dataSync()[0]',
        )
      ).result,
    ).toBe('6');
  });
});
