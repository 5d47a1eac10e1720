import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, TestNotebook } from '../../../test/support/runtime-notebook';
import { macros } from '../magics/macros';
import { UserSource } from './user-source';

let notebook: TestNotebook;
beforeAll(async () => {
  notebook = await TestNotebook.open();
});
afterAll(() => notebook.close());

/** Runs a cell with magics, as the session does. */
async function traceback(cell: string): Promise<string> {
  const expansion = macros.expand(cell);
  if (!expansion.ok) throw new Error(expansion.error.evalue);
  return errorOf(await notebook.run(expansion.code, expansion.source)).traceback.join('\n');
}

describe('errors on a magic line', () => {
  it('of a type show the line as it was written, with the wrong word underlined', async () => {
    const text = await traceback('const model = 1;\n  %time f(modle)');
    expect(text).toContain(`cell[${notebook.lastCount}]:2:9 - Cannot find name 'f'`);
    expect(text).toContain('  2 |   %time f(modle)\n    |         ^\n');
    expect(text).toContain(`cell[${notebook.lastCount}]:2:11 - Cannot find name 'modle'`);
    expect(text).toContain('    |           ^^^^^');
    expect(text).not.toContain('import');
  });

  it('at run time show the line as it was written', async () => {
    const text = await traceback(
      "const fail = (): never => { throw new RangeError('no'); };\n%time fail()",
    );
    expect(text).toContain(`cell[${notebook.lastCount}]:2:7`);
    expect(text).not.toContain('import(');
  });

  it('in what a magic puts in underline the whole line', async () => {
    const text = await traceback('1;\n%compare fp32,bf16 3 --data [1]');
    expect(text).toContain('  2 | %compare fp32,bf16 3 --data [1]');
    expect(text).not.toContain('import(');
  });
});

describe('a place', () => {
  const code = 'a;\n;(lib).time(b); c';
  const source = {
    text: 'a;\n%time b; c',
    spans: [
      { source: 0, target: 0, length: 3 },
      { source: 9, target: 15, length: 1 },
    ],
  };

  it('in the user’s text is where it was written', () => {
    expect(new UserSource(code, source).place(2, 13, 9)).toEqual({ line: 2, column: 7, width: 1 });
    expect(new UserSource(code, source).place(1, 1, 1)).toEqual({ line: 1, column: 1, width: 1 });
  });

  it('in generated text is its whole line', () => {
    expect(new UserSource(code, source).place(2, 3, 2)).toEqual({ line: 2, column: 1, width: 10 });
  });

  it('of a cell without magics is itself', () => {
    expect(new UserSource('x\ny z').place(2, 3, 4)).toEqual({ line: 2, column: 3, width: 4 });
  });
});
