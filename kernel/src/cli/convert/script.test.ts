import { describe, expect, it } from 'vitest';
import type { Notebook } from '../run/notebook';
import { toScript, type ScriptOptions } from './script';

function convert(
  cells: readonly (string | { markdown: string })[],
  to: ScriptOptions['to'] = 'ts',
) {
  const notebook: Notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map((cell, i) => ({
      id: String(i),
      metadata: {},
      ...(typeof cell === 'string'
        ? { cell_type: 'code', source: cell }
        : { cell_type: 'markdown', source: cell.markdown }),
    })),
  };
  const script = toScript(notebook, { to, title: 'nb.ipynb', folder: '.', locate: (one) => one });
  return { ...script, lines: script.text.split('\n') };
}

describe('a notebook as a script', () => {
  it('has its magics as calls of the library, and starts the engine', () => {
    const { lines, notes } = convert(['%precision bf16', '%seed 42\nconst x = 1']);
    expect(lines).toContain("import * as halfnote from 'halfnote';");
    expect(lines).toContain('await halfnote.ensureBackend();');
    expect(lines).toContain("await halfnote.showResult(halfnote.setPrecision('bf16'));");
    expect(lines).toContain('const x = 1;');
    expect(notes).toEqual([]);
  });

  it('asks for no library where nothing of it is used', () => {
    const { text } = convert(["import { sep } from 'node:path';\nconsole.log(sep);"]);
    expect(text).not.toContain('from halfnote');
    expect(text).not.toContain("'halfnote'");
  });

  it('has imports once, at its top, and those of types as such', () => {
    const { lines } = convert([
      "import { join } from 'node:path';\nimport type { Stats } from 'node:fs';",
      "import { join, PathLike as Like } from 'node:path';\nimport { statSync, BigIntStats } from 'node:fs';",
      'const s: Stats | BigIntStats | Like = statSync(join("a", "b"));',
    ]);
    expect(lines.filter((line) => line.startsWith('import'))).toEqual([
      "import { join, type PathLike as Like } from 'node:path';",
      "import { type Stats, statSync, type BigIntStats } from 'node:fs';",
    ]);
  });

  it('tells names apart that a later cell declares anew', () => {
    const { lines, notes } = convert([
      'let n = 1;\ninterface Shape { n: number }\nfunction f() { return n; }',
      'const o = { n };\nconst g = ({ n }: Shape) => n;',
      'const { n } = o;\nclass Shape { n = n }',
      'const all = { n, Shape, o: o.n };\nn;',
    ]);
    expect(lines).toContain('const o = { n };');
    expect(lines).toContain('const { n: n_2 } = o;');
    expect(lines).toContain('class Shape_2 { n = n_2 }');
    expect(lines).toContain('const all = { n: n_2, Shape: Shape_2, o: o.n };');
    expect(lines).toContain('await halfnote.showResult(n_2);');
    expect(notes).toEqual([
      'Code cell 3 declares Shape anew: what code cell 2 defines goes on with the earlier one.',
    ]);
  });

  it('names none as the cells name something else', () => {
    const { lines } = convert([
      'const x = 1, x_2 = 2, halfnote = 3;',
      'const x = halfnote;\nx + x_2',
    ]);
    expect(lines).toContain("import * as halfnote_2 from 'halfnote';");
    expect(lines).toContain('const x_3 = halfnote;');
    expect(lines).toContain('await halfnote_2.showResult(x_3 + x_2);');
  });

  it('takes another import of a name for another variable', () => {
    const { lines } = convert([
      "import { join } from 'node:path';\nconst a = join('a');",
      "import { join } from 'node:path/posix';\nconst b = join('b');",
    ]);
    expect(lines).toContain("import { join as join_2 } from 'node:path/posix';");
    expect(lines).toContain("const b = join_2('b');");
  });

  it('shows the last expression of a cell, and ends what could go on', () => {
    const { lines } = convert([
      'const f = () => {}',
      '[1, 2].map(String)',
      '1, 2',
      'console.log(1)',
      "const s = 'a' // the end",
    ]);
    expect(lines).toContain('const f = () => {};');
    expect(lines).toContain('await halfnote.showResult([1, 2].map(String));');
    expect(lines).toContain('await halfnote.showResult((1, 2));');
    expect(lines).toContain('console.log(1);');
    expect(lines).toContain("const s = 'a'; // the end");
  });

  it('ends the cells that something holds for, and all where each is reported', () => {
    const cells = ['const a = 1;', '%%precision fp16\nconst b = a;'];
    expect(convert(cells).lines).toEqual(
      expect.arrayContaining([
        'const cell2 = halfnote.scriptCell();',
        "halfnote.display(halfnote.setCellPrecision('fp16'));",
        'await cell2.end();',
      ]),
    );
    expect(convert(cells).text).not.toContain('cell1');
    expect(convert([...cells, '%carbon on']).text).toContain('await cell1.end();');
  });

  it('leaves out what is about the state of a notebook, and says so', () => {
    const { lines, notes } = convert(['const a = 1;\n%who\n%reset --yes']);
    expect(lines).toContain('// %who');
    expect(notes).toEqual([
      "Code cell 1: %who is left out: a script has no notebook's state.",
      "Code cell 1: %reset --yes is left out: a script has no notebook's state.",
    ]);
  });

  it('has what cells have beside their names', () => {
    const { lines } = convert([
      "const fs = require('node:fs');\nconst name = await input('Name? ');\nconsole.log(__dirname);",
    ]);
    expect(lines).toEqual(
      expect.arrayContaining([
        "import { createRequire } from 'node:module';",
        'const require = createRequire(import.meta.url);',
        'const { input } = halfnote;',
        'const __dirname = process.cwd();',
      ]),
    );
  });

  it('has Markdown as comments', () => {
    expect(convert([{ markdown: '# Title\n\ntext' }]).lines.slice(-4)).toEqual([
      '// # Title',
      '//',
      '// text',
      '',
    ]);
  });

  it('is JavaScript on demand', () => {
    const { text } = convert(['const x: number = 1;\ninterface A { b: string }', 'x'], 'js');
    expect(text).toContain('const x = 1;');
    expect(text).not.toContain('interface');
    expect(text).toContain('await halfnote.showResult(x);');
  });

  it('is refused where a cell is no TypeScript, or a magic none', () => {
    expect(() => convert(['const a = 1;', 'const = 2;'])).toThrow(/Code cell 2, line 1/);
    expect(() => convert(['%precison bf16'])).toThrow(/Code cell 1: line 1: .*%precison/);
  });
});
