import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestNotebook } from '../../../test/support/runtime-notebook';

let notebook: TestNotebook;

beforeAll(async () => {
  notebook = await TestNotebook.open();
}, 120_000);
afterAll(() => notebook.close());

describe('a runtime that is renewed', () => {
  it('has a fresh cell process, and knows no variable and no type of before', async () => {
    const pid = (await notebook.run('const kept = 41;\ninterface Old { a: number }\nprocess.pid'))
      .result;
    await notebook.runtime.renew();
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
    const fresh = await notebook.run('process.pid');
    expect(fresh.result).not.toBe(pid);
    expect((await notebook.run('kept')).outcome).toMatchObject({
      error: { evalue: expect.stringContaining("Cannot find name 'kept'") as string },
    });
    expect((await notebook.run('const b: Old = { a: 1 }')).outcome.status).toBe('error');
    // Another type than before: the language has forgotten the old one.
    expect((await notebook.run(`let kept: string = 'new'; kept`)).result).toBe("'new'");
  });

  it('waits for the cell that runs', async () => {
    const running = notebook.run('await new Promise((f) => setTimeout(f, 50)); "to its end"');
    const renewed = notebook.runtime.renew();
    expect((await running).result).toBe("'to its end'");
    await renewed;
    expect((await notebook.run('1 + 1')).result).toBe('2');
  });

  it('takes what earlier cells have left running along', async () => {
    await notebook.run('setInterval(() => console.log("still here"), 1);');
    await notebook.runtime.renew();
    await notebook.run('1');
    const { stdout } = await notebook.run('await new Promise((f) => setTimeout(f, 30));');
    expect(stdout).toBe('');
  });
});
