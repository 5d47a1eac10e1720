/**
 * A notebook of code cells for our kernel, as its file has it.
 * @param {readonly string[]} sources
 */
export function notebookOf(sources) {
  const cells = sources.map((source, index) => ({
    cell_type: 'code',
    id: `cell-${index}`,
    metadata: {},
    execution_count: null,
    outputs: [],
    source,
  }));
  const kernelspec = {
    name: 'halfnote',
    display_name: 'TypeScript (Halfnote)',
    language: 'typescript',
  };
  const metadata = { kernelspec, language_info: { name: 'typescript' } };
  return { nbformat: 4, nbformat_minor: 5, metadata, cells };
}

/** What each cell of an executed notebook put out, as text. */
export function textsOf({ cells }) {
  return cells.map(({ outputs }) =>
    outputs
      .map(({ text, data }) => [text ?? data?.['text/plain'] ?? ''].flat().join(''))
      .join('\n'),
  );
}
