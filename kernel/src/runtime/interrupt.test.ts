import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, TestNotebook } from '../../../test/support/runtime-notebook';

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
