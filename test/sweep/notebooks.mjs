import { writeFileSync } from 'node:fs';

/**
 * Writes a notebook whose first cell declares the parameters.
 * @param {string} path
 * @param {string} parameters the cell tagged so
 * @param {readonly string[]} cells
 */
export function writeNotebook(path, parameters, cells) {
  const code = (source, id, tags) => ({
    id,
    cell_type: 'code',
    metadata: { tags },
    source,
    outputs: [],
    execution_count: null,
  });
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: 'halfnote', display_name: 'Halfnote', language: 'typescript' },
    },
    cells: [
      code(parameters, 'parameters', ['parameters']),
      ...cells.map((source, i) => code(source, `cell${i}`, [])),
    ],
  };
  writeFileSync(path, JSON.stringify(notebook));
}

/** A cell that notes in a file that this point begins, and in which processes. */
export function noteBegin(log) {
  return `(await import('node:fs')).appendFileSync(${JSON.stringify(log)}, \`\${seed} \${process.pid} \${process.ppid}\\n\`);
console.log('cells of ' + process.pid);`;
}
