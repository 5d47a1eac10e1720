import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestNotebook } from '../../../../test/support/runtime-notebook';
import type { Notebook } from '../run/notebook';
import { gradeNotebook } from './grade';
import { withTests } from './merge';
import { pointsOf } from './points';
import { forGradescope, type Grade } from './result';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-grade-test-'));
beforeAll(async () => {
  // Builds what is stale: a run starts the built kernel.
  await (await TestNotebook.open()).close();
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Marked = readonly [source: string, marks?: object, type?: 'code' | 'markdown'];

const solution = (id: string): object => ({ grade_id: id, solution: true, grade: false });
const tests = (id: string, points: number): object => ({
  grade_id: id,
  grade: true,
  locked: true,
  points,
});
const byHand = { grade_id: 'why', grade: true, solution: true, points: 3 };

function notebook(...cells: readonly Marked[]): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'halfnote', language: 'typescript' } },
    cells: cells.map(([source, nbgrader, type = 'code'], i) => ({
      id: `cell-${i}`,
      cell_type: type,
      source,
      metadata: nbgrader === undefined ? {} : { nbgrader },
      ...(type === 'code' && { outputs: [], execution_count: null }),
    })),
  };
}

function written(name: string, content: Notebook): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const TEST = "if (double(2) !== 4) throw new Error('double(2) is 4');";
const ASSIGNMENT: readonly Marked[] = [
  ['function double(x: number): number { return 2 * x; }', solution('double')],
  [TEST, tests('double-tests', 2)],
  ['function square(x: number): number { return x * x; }', solution('square')],
  ["if (square(3) !== 9) throw new Error('square(3) is 9');", tests('square-tests', 3)],
  ['Because.', byHand, 'markdown'],
];
const against = written('solution.ipynb', notebook(...ASSIGNMENT));

async function grade(name: string, cells: readonly Marked[], timeout = 30): Promise<Grade> {
  const path = written(name, notebook(...cells));
  return gradeNotebook(path, { against, timeout }, { write: () => true });
}

const pointsById = ({ cells }: Grade): Record<string, number | null> =>
  Object.fromEntries(cells.map(({ id, points }) => [id, points]));

describe('halfnote grade', () => {
  it('gives a right submission all points, and leaves the rest to a person', async () => {
    const result = await grade('right.ipynb', ASSIGNMENT);
    expect(result).toMatchObject({ points: 5, maxPoints: 5, pointsByHand: 3 });
    expect(pointsById(result)).toEqual({ 'double-tests': 2, 'square-tests': 3, why: null });
  });

  it("takes the solution's tests, whatever students made of theirs", async () => {
    const result = await grade('changed.ipynb', [
      ['function double(x: number): number { return x; }', solution('double')],
      ['1 + 1', tests('double-tests', 100)],
      ['function square(x: number): number { return 0; }', solution('square')],
    ]);
    expect(result).toMatchObject({ points: 0, maxPoints: 5 });
    const [double, square] = result.cells;
    expect(double?.reason).toContain('double(2) is 4');
    expect(square?.reason).toMatch(/^The submission lacked this cell\. [\s\S]*square\(3\) is 9/);
  });

  it('takes only its own points for a type error, and for an endless loop', async () => {
    const result = await grade(
      'broken.ipynb',
      [
        ["function double(x: number): number { return 'four'; }", solution('double')],
        [TEST, tests('double-tests', 2)],
        ['for (;;);'],
        ...ASSIGNMENT.slice(2, 4),
      ],
      5,
    );
    expect(pointsById(result)).toEqual({ 'double-tests': 0, 'square-tests': 3, why: null });
    const { cells } = result;
    expect(cells[0]?.reason).toContain('double');
    expect(cells[2]?.reason).toBe('The submission has no such cell.');
  });

  it('is read by Gradescope', async () => {
    const path = written('scope.ipynb', notebook(...ASSIGNMENT.slice(0, 2)));
    const output = join(folder, 'graded.ipynb');
    const result = await gradeNotebook(
      path,
      { against, timeout: 30, output },
      { write: () => true },
    );
    expect(forGradescope(result)).toEqual({
      tests: [
        { name: 'double-tests', score: 2, max_score: 2, status: 'passed' },
        {
          name: 'square-tests',
          score: 0,
          max_score: 3,
          status: 'failed',
          output: expect.stringContaining('lacked this cell') as string,
        },
      ],
    });
    const graded = JSON.parse(readFileSync(output, 'utf8')) as Notebook;
    expect(graded.cells).toHaveLength(3);
    expect(graded.cells[1]?.execution_count).toBe(2);
  });

  it('refuses a solution without points', async () => {
    const bare = written('bare.ipynb', notebook(['1']));
    await expect(gradeNotebook(against, { against: bare, timeout: 5 })).rejects.toThrow(
      "has no cell that nbgrader's metadata give points",
    );
  });
});

describe('withTests', () => {
  it('puts missing tests behind what stands before them, and counts no cell twice', () => {
    const { notebook: merged, putBack } = withTests(
      notebook(['1'], ASSIGNMENT[2] ?? ['2'], ASSIGNMENT[2] ?? ['2'], ['3']),
      notebook(...ASSIGNMENT),
    );
    expect(merged.cells.map(({ source }) => source)).toEqual([
      '1',
      ASSIGNMENT[2]?.[0],
      ASSIGNMENT[3]?.[0],
      ASSIGNMENT[2]?.[0],
      '3',
      TEST,
    ]);
    expect(merged.cells[3]?.metadata).toEqual({});
    expect([...putBack]).toEqual(['double-tests', 'square-tests']);
  });
});

describe('pointsOf', () => {
  const result = (text: string): object => ({
    output_type: 'execute_result',
    data: { 'text/plain': [text] },
  });

  it.each([
    ['nothing', [], 4],
    ['a number', [result('2.5')], 2.5],
    ['a number beyond all', [result('5')], 4],
    ['text', [result('fine')], 4],
    ['empty text', [result('')], 4],
    ['words on stderr', [{ output_type: 'stream', name: 'stderr', text: ['no'] }], 0],
    ['words on stdout', [{ output_type: 'stream', name: 'stdout', text: ['no'] }], 4],
    ['an error', [{ output_type: 'error', ename: 'Error', evalue: 'no' }], 0],
  ])('gives what nbgrader gives for %s', (_, outputs, points) => {
    expect(pointsOf(outputs as never, undefined, 4).points).toBe(points);
  });
});
