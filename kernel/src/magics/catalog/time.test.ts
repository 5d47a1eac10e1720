import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

describe('%time', () => {
  it('times an expression', async () => {
    let ran = 0;
    const { calls } = await record('%time f(1 + 1)', { f: (n: number) => (ran = n) });
    expect(calls.map(({ name }) => name)).toEqual(['timed']);
    expect(ran).toBe(2);
  });

  it.each([
    'const y = await f(3);',
    'let y: number = await f(3)',
    'const { a: y } = { a: await f(3) }',
    'const [y = 0]: number[] = [await f(3)] // three',
    'var y = (await f(3)) as number',
  ])('keeps what the statement declares: %s', async (statement) => {
    const seen: unknown[] = [];
    const f = (n: number): Promise<number> => Promise.resolve(n);
    const show = (value: unknown) => seen.push(value);
    const { calls } = await record(`%time ${statement}\nshow(y)`, { f, show });
    expect(calls.map(({ name }) => name)).toEqual(['timed']);
    expect(seen).toEqual([3]);
  });

  it('takes an object, an arrow function and several lines', async () => {
    const { calls } = await record('%time { a: 1 }\n%time (() => 2)()\n%time f({\n a: [\n1] })', {
      f: String,
    });
    expect(calls).toHaveLength(3);
  });

  it('times a cell', async () => {
    expect((await record('%%time\n0;')).calls).toEqual([{ name: 'timeCell', args: [] }]);
  });

  it('refuses what is more than one statement, or has no value', () => {
    expect(refusal('%time f(); g()')).toContain('Time more with %%time');
    expect(refusal('%time for (;;) f()')).toContain('one expression or declaration');
    expect(refusal('%time const a = 1, b = 2')).toContain('one variable');
    expect(refusal('%time let a')).toContain('one variable with its value');
    expect(refusal('%time const a =')).toContain('missing value');
    expect(refusal('%time')).toContain('missing statement');
    expect(refusal('%%time f()\ng()')).toContain('%%time takes no argument');
  });

  it('takes generic calls for one declaration', async () => {
    const { calls } = await record('%time const m = new Map<string, number>()');
    expect(calls).toHaveLength(1);
  });
});
