import { describe, expect, it } from 'vitest';
import { timeIt, Timing } from '../../notebook/timeit';
import { macros } from '../macros';
import { record, refusal } from '../recorder.fixture';

describe('%timeit', () => {
  it('hands a function of the statement to the library', async () => {
    const ran: number[] = [];
    const { calls } = await record('%timeit -n 10 --repeats 3 f(1 + 1)', {
      f: (n: number) => ran.push(n),
    });
    expect(calls[0]?.args[1]).toEqual({ loops: 10, repeats: 3 });
    expect(ran).toEqual([2]);
  });

  it.each([
    ['%timeit { a: 1 }', undefined],
    ['%timeit const y = f(2); f(y)', undefined],
    ['%timeit for (let i = 0; i < 3; i++) f(i)', undefined],
    ['%timeit await f(7)', undefined],
    ['%timeit -n 3 (-1 + f(2))', undefined],
  ])('takes %s', async (cell) => {
    const { calls } = await record(cell, { f: (n: number) => n });
    expect(calls.map(({ name }) => name)).toContain('timeIt');
  });

  it('refuses what cannot be', () => {
    expect(refusal('%timeit')).toContain(
      'missing statement. Give it a statement, or write %%timeit over the cell',
    );
    expect(refusal('%timeit -n 0 f()')).toContain('"0" is not allowed. Allowed: integer >= 1');
    expect(refusal('%timeit --repeats x f()')).toContain('"x" is not allowed');
    expect(refusal('%timeit f(')).toContain('"(" is never closed');
  });
});

describe('%%timeit', () => {
  it('times the cell, over all of its lines', async () => {
    const ran: number[] = [];
    const { calls } = await record('%%timeit -n 10 -r 3\nconst x = 2;\nf(x);\nf(x + 1)', {
      f: (n: number) => ran.push(n),
    });
    expect(calls).toHaveLength(1);
    expect(calls[0]?.args[1]).toEqual({ loops: 10, repeats: 3 });
    expect(ran).toEqual([2, 3]);
  });

  it.each([
    "%%timeit -n 2 const w = 'body'; f('set-up')\nf(w)",
    "%%timeit await f('set-up')\nawait f('body') // end",
    "%%timeit\nf('set-up');f('body')",
  ])('sees what the set-up on its line declares: %s', async (cell) => {
    const ran: string[] = [];
    const { calls } = await record(cell, { f: (what: string) => ran.push(what) });
    expect(calls.map(({ name }) => name)).toEqual(['timeIt']);
    expect(ran).toEqual(['set-up', 'body']);
  });

  it('hands over a function of the cell without the set-up', () => {
    expect(expandedCode('%%timeit const w = 1\nf(w)')).toMatch(
      /^await \(async \(\) => \{ const w = 1; return .*\.timeIt\(\(\) => \{\nf\(w\)\}\); \}\)\(\);$/,
    );
  });

  it('waits for the cell only where it has an await', () => {
    expect(expandedCode('%%timeit\nf()')).toContain('timeIt(() => {');
    expect(expandedCode('%%timeit\nawait f()')).toContain('timeIt(async () => {');
    expect(expandedCode("%%timeit\nf('await')")).toContain('timeIt(() => {');
    expect(expandedCode('%%timeit\n%time f()')).toContain('timeIt(async () => {');
  });

  it('keeps the lines of what it stands over', () => {
    for (const cell of [
      '%%timeit\nf()',
      '%%timeit const a = [\n1]\nf(a) // end',
      '%%timeit /* over\ntwo lines */ -n 3\nf()\n',
      '%%time\n%%timeit -n 3\nf();\n\ng()',
    ]) {
      expect(expandedCode(cell).split('\n')).toHaveLength(cell.split('\n').length);
    }
    expect(expandedCode('%%timeit\nf()\ng()').split('\n')[1]).toBe('f()');
  });

  it('refuses a cell with nothing in it, and tells the first problem first', () => {
    expect(refusal('%%timeit -n 3')).toContain('%%timeit has nothing to time');
    expect(refusal('%%timeit\n// nothing')).toContain('%%timeit has nothing to time');
    expect(refusal('%%timeit\nf(')).toContain('"(" in the cell is never closed');
    expect(refusal('%%timeit -n 0\n%time')).toContain('"0" is not allowed');
    expect(refusal('%%timeit\n%nothing\n%neither')).toContain('unknown magic %nothing');
    expect(refusal('f()\n%%timeit\ng()')).toContain('must be the first line');
  });
});

function expandedCode(cell: string): string {
  const expansion = macros.expand(cell);
  if (!expansion.ok) throw new Error(expansion.error.evalue);
  return expansion.code;
}

describe('timeIt', () => {
  it('runs loops times repeats, and once before to warm up', async () => {
    let calls = 0;
    const timing = await timeIt(() => calls++, { loops: 5, repeats: 3 });
    expect(calls).toBe(16);
    expect(timing.runsS).toHaveLength(3);
    expect(String(timing)).toMatch(/ per loop \(mean ± sd of 3 runs, 5 loops each\); best /);
  });

  it('awaits promises one after the other', async () => {
    let running = 0;
    let most = 0;
    await timeIt(
      async () => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
      },
      { loops: 4, repeats: 2 },
    );
    expect([running, most]).toEqual([0, 1]);
  });

  it('takes mean, sample deviation and best of the runs', () => {
    const timing = new Timing([1, 2, 3], 10);
    expect([timing.meanS, timing.deviationS, timing.bestS]).toEqual([2, 1, 1]);
    expect(new Timing([2], 1).deviationS).toBe(0);
  });

  it('raises the loops to a power of ten', async () => {
    const { loops } = await timeIt(
      () => {
        const end = performance.now() + 30;
        while (performance.now() < end);
      },
      { repeats: 1 },
    );
    expect(loops).toBe(10);
  });

  it('frees the tensors of synchronous statements', async () => {
    const tf = await import('@tensorflow/tfjs-core');
    await import('@tensorflow/tfjs-backend-cpu');
    const x = tf.ones([4]);
    const before = tf.memory().numTensors;
    await timeIt(() => tf.add(x, 1), { loops: 20, repeats: 2 });
    expect(tf.memory().numTensors).toBe(before);
    expect(x.isDisposed).toBe(false);
  });

  it('passes on what the statement throws, and refuses other counts', async () => {
    const fail = (): never => {
      throw new RangeError('no');
    };
    await expect(timeIt(fail)).rejects.toThrow(RangeError);
    await expect(timeIt(() => 1, { loops: 0 })).rejects.toThrow(
      'loops is 0, allowed are integers from 1 on',
    );
  });
});
