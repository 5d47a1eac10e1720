import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../lib/paths.mjs';
import { inLanguage, solutionOf } from './cells.mjs';
import { withPoints } from './note.mjs';
import { assignmentNames } from './sources.mjs';

const code = (source, metadata = {}) => ({ cell_type: 'code', metadata, source });
const text = (source, metadata) => ({ cell_type: 'markdown', metadata, source });
const FIRST = code("language('en');");
const source = (...cells) => ({ metadata: { kernelspec: { name: 'halfnote' } }, cells });
const SOLUTION =
  'function f() {\n  // BEGIN SOLUTION\n  return 1;\n  // END SOLUTION\n}\n// BEGIN HIDDEN TESTS\nf();\n// END HIDDEN TESTS';

describe('the notebook of one language', () => {
  const made = source(
    FIRST,
    text('Hello', { lang: 'en' }),
    text('你好', { lang: 'zh' }),
    code(SOLUTION, { solution: 'f' }),
    code('f();', { tests: 'f-tests', points: 2, tags: ['slow'] }),
    text('Why', { answer: 'why', points: 3, lang: 'zh' }),
  );

  it('has its own texts, and tells the checks', () => {
    const { cells } = inLanguage(made, 'zh', '1-x');
    expect(cells.map((cell) => cell.source)).toEqual([
      "language('zh');",
      '你好',
      SOLUTION,
      'f();',
      'Why',
    ]);
    expect(inLanguage(made, 'en', '1-x').cells).toHaveLength(4);
  });

  it("has nbgrader's metadata, and keeps others", () => {
    const [, , solution, tests, answer] = inLanguage(made, 'zh', '1-x').cells;
    expect(solution.metadata.nbgrader).toMatchObject({ grade: false, solution: true });
    expect(tests.metadata).toMatchObject({
      tags: ['slow'],
      nbgrader: { grade: true, locked: true, points: 2, solution: false, grade_id: 'f-tests' },
    });
    expect(answer.metadata.nbgrader).toMatchObject({ grade: true, solution: true, points: 3 });
  });

  it('is a solution without its delimiters', () => {
    const [, , solution] = solutionOf(inLanguage(made, 'zh', '1-x')).cells;
    expect(solution.source).toBe('function f() {\n  return 1;\n}\nf();');
  });

  it('gives the lecturer a table of points', () => {
    const note = withPoints('<!-- points -->', inLanguage(made, 'zh', '1-x'), 'en');
    expect(note).toContain('| `f-tests` | 2 | by its tests |\n| `why` | 3 | by hand |');
    expect(note).toContain('| **Total** | **5** |');
  });

  it.each([
    [[code('1', { tests: 'a' }), FIRST], 'x.ts: cell "a" needs points=N'],
    [[code('1', { solution: 'a', points: 1 }), FIRST], 'is not graded, and has no points'],
    [[text('1', { solution: 'a' }), FIRST], 'has to be a code cell'],
    [[code('1', { locked: 'a' }), code('2', { locked: 'a' }), FIRST], 'two cells named "a"'],
    [[code('1')], `needs one line "language('en');", and has 0`],
    [[FIRST, FIRST], 'and has 2'],
  ])('refuses what nbgrader would stumble over', (cells, problem) => {
    expect(() => inLanguage(source(...cells), 'en', 'x')).toThrow(problem);
  });
});

it('the lecturer finds every assignment in the README, in both languages', () => {
  const readme = readFileSync(join(root, 'notebooks/course/README.md'), 'utf8');
  for (const name of assignmentNames()) expect(readme.split(`| \`${name}\` |`)).toHaveLength(3);
});
