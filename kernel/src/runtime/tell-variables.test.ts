import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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
  await vi.waitFor(() => {
    expect(notebook.calls).toHaveLength(1);
  }, 5000);
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
    const cell = notebook.run(
      'const steps = [1]; await new Promise((done) => setTimeout(done, 1500)); rate = steps.length',
    );
    await new Promise((resolve) => setTimeout(resolve, 700));
    const { rows } = await ask({});
    expect(rows.map(({ name }) => name)).toContain('steps');
    expect((await cell).result).toBe('1');
  });
});
