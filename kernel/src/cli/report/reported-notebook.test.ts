import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cellName, INJECTED } from '../../report/cell-name';
import { notebookHash } from '../../report/identity/cells';
import { otherCells } from '../../report/verify/same-code';
import { factsOf, trialOf } from '../../report/report.fixture';
import { makeReport } from '../../report/make/make-report';
import { reportedNotebook } from './reported-notebook';

const code = (source: string, ...tags: string[]) => ({
  cell_type: 'code',
  source,
  metadata: { tags },
  outputs: [],
  execution_count: null,
});

function notebook(...cells: object[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'halfnote-reported-')), 'a.ipynb');
  writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  return path;
}

const named = (path: string, ...param: string[]): string[] =>
  reportedNotebook(path, param).cells.map(({ index, source }) => `${cellName(index)}: ${source}`);

describe('the cells of a report with parameters', () => {
  const path = notebook(code('let n = 1;', 'parameters'), code('n * 2'), code('n * 3'));

  it('are named as the notebook names them, with and without', () => {
    expect(named(path)).toEqual(['cell 1: let n = 1;', 'cell 2: n * 2', 'cell 3: n * 3']);
    expect(named(path, 'n=5')).toEqual([
      'cell 1: let n = 1;',
      'the cell of --param: // Parameters\nlet n = 5;',
      'cell 2: n * 2',
      'cell 3: n * 3',
    ]);
  });

  it('are named so too where an earlier run has left its parameters in the file', () => {
    const left = notebook(
      code('let n = 1;', 'parameters'),
      code('let n = 9;', 'injected-parameters'),
      code('n * 2'),
    );
    expect(named(left, 'n=5')).toEqual([
      'cell 1: let n = 1;',
      'the cell of --param: // Parameters\nlet n = 5;',
      'cell 3: n * 2',
    ]);
  });

  it('have the notebook’s hash whatever is set, and one that is set otherwise is found', () => {
    const cells = reportedNotebook(path, ['n=5']).cells;
    const other = reportedNotebook(path, ['n=6']).cells;
    expect(notebookHash(cells)).toBe(notebookHash(reportedNotebook(path, []).cells));
    const report = makeReport({ ...factsOf([trialOf()]), cells });
    expect(report.identity.cells.map(({ index }) => index)).toEqual([0, INJECTED, 1, 2]);
    expect(otherCells(report, cells)).toEqual([]);
    expect(otherCells(report, other)).toEqual(['the cell of --param has other code']);
  });
});
