/**
 * The text of a notebook of ours.
 * @param {readonly (string | {source: string, tags?: readonly string[], markdown?: boolean})[]} cells code, unless
 *   it says otherwise
 */
export function notebookOf(cells) {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: {
        name: 'halfnote',
        display_name: 'TypeScript (Halfnote)',
        language: 'typescript',
      },
      language_info: { name: 'typescript', file_extension: '.ts' },
    },
    cells: cells.map((cell, i) => {
      const {
        source,
        tags = [],
        markdown = false,
      } = typeof cell === 'string' ? { source: cell } : cell;
      const common = { id: `cell-${i}`, metadata: { tags }, source };
      return markdown
        ? { ...common, cell_type: 'markdown' }
        : { ...common, cell_type: 'code', outputs: [], execution_count: null };
    }),
  });
}
