import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestNotebook } from '../../../test/support/runtime-notebook';
import { VARIABLES_ASKED } from './messages';

let notebook: TestNotebook;

beforeAll(async () => {
  notebook = await TestNotebook.open();
});
afterAll(async () => {
  await notebook.close();
});

interface Told {
  readonly rows: readonly { readonly name: string; readonly type: string }[];
  readonly values: { readonly name: string; readonly of: object } | null;
}

async function ask(params: object): Promise<Told> {
  notebook.calls.length = 0;
  await notebook.runtime.notify('', VARIABLES_ASKED, params);
  await notebook.until(() => notebook.calls.length === 1);
  expect(notebook.calls[0]?.method).toBe('variables.tell');
  return notebook.calls[0]?.params as Told;
}

describe('the variables of a cell process', () => {
  it('are told between cells, with the values of one', async () => {
    await notebook.run('let rate = 0.5; const xs = new Float32Array([1, 2, 6]);');
    const { rows, values } = await ask({ values: 'xs' });
    expect(rows.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'rate: number',
      'xs: Float32Array',
    ]);
    expect(values).toMatchObject({ name: 'xs', of: { first: [1, 2, 6], mean: 3 } });
    expect((await ask({ values: 'gone' })).values?.of).toEqual({ kind: 'none', why: 'gone' });
  });

  it('are told while a cell awaits, and do not end it', async () => {
    const told = join(notebook.cwd, 'told');
    const cell = notebook.run(
      `const steps = [1]; console.log('awaits'); for (; !(await import('fs')).existsSync('told');) await new Promise((done) => setTimeout(done, 20)); rate = steps.length`,
    );
    const count = notebook.lastCount;
    await notebook.until(() => notebook.seen(count).stdout.includes('awaits'));
    const { rows } = await ask({});
    writeFileSync(told, '');
    expect(rows.map(({ name }) => name)).toContain('steps');
    expect((await cell).result).toBe('1');
  });
});
