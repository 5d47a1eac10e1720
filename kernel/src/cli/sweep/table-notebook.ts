import { randomUUID } from 'node:crypto';
import type { Comparison } from '../../sweep/compare';
import { comparisonNotes, comparisonRows, differenceRows } from '../../sweep/comparison-text';
import type { SweepFolder } from '../../sweep/folder';
import { axisText } from '../../sweep/plan';
import { tableJson, type Row } from '../../sweep/table';
import { kernelspec } from '../kernelspec';
import { codeCell, splitLines, type Cell, type Notebook } from '../run/notebook';

/** A notebook with the comparison as it stands, and all points as data to go on with. */
export function tableNotebook(
  { plan }: SweepFolder,
  rows: readonly Row[],
  comparison: Comparison,
): string {
  const differences = differenceRows(comparison);
  const { display_name: displayName, language } = kernelspec();
  const notebook: Notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'halfnote', display_name: displayName, language } },
    cells: [
      markdown(
        `# Sweep of ${plan.notebook}\n\n${plan.parameters.map((axis) => `\`${axisText(axis)}\``).join(' ')}`,
      ),
      markdown(
        [
          '## Comparison',
          '',
          ...tableLines(comparisonRows(comparison)),
          '',
          ...comparisonNotes(comparison),
        ].join('\n'),
      ),
      ...(differences.length === 0
        ? []
        : [
            markdown(
              [
                '## Differences from the first row, pair by pair',
                '',
                ...tableLines(differences),
              ].join('\n'),
            ),
          ]),
      markdown('## All points'),
      codeCell(`const points = ${JSON.stringify(tableJson(rows), null, 1)};`, []),
      codeCell(
        'console.table(points.map(({ parameters, state, metrics }) => ({ ...parameters, state, ...metrics })));',
        [],
      ),
    ],
  };
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

function tableLines([header = [], ...rows]: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(header), `|${header.map(() => '---').join('|')}|`, ...rows.map(line)];
}

function escaped(text: string): string {
  return text.replace(/[\\|<>*_`[\]]/g, '\\$&').replaceAll('\n', ' ');
}

function markdown(text: string): Cell {
  return {
    id: randomUUID().slice(0, 8),
    cell_type: 'markdown',
    source: splitLines(text),
    metadata: {},
  };
}
