import { headOf, type Grid } from './grid';

/** A table of GitHub's Markdown, its caption above and how it came about below. */
export function asMarkdown({ caption, notes, columns, rows }: Grid): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |\n`;
  const rule = columns.map(({ isNumeric }) => (isNumeric ? ' ---: |' : ' --- |')).join('');
  const above = caption === '' ? '' : `**${escaped(caption)}**\n\n`;
  const below =
    notes.length === 0 ? '' : `\n${notes.map((note) => `- ${escaped(note)}\n`).join('')}`;
  const body = rows.map((row) => line(row.map(({ text }) => text))).join('');
  return `${above}${line(columns.map((column) => headOf(column)))}|${rule}\n${body}${below}`;
}

/** Text in which nothing means anything to Markdown. */
function escaped(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\|`*_<>[\]]/g, '\\$&');
}
