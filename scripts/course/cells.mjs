/** The metadata of a cell in the source that say what it is in the course. */
const MARKS = ['lang', 'solution', 'tests', 'answer', 'locked', 'points'];

/**
 * The notebook of one language, in nbgrader's terms.
 * @param source what jupytext read, with cells of all languages
 * @param {'en' | 'zh'} language
 */
export function inLanguage(source, language, name) {
  const cells = source.cells
    .filter(({ metadata }) => metadata.lang === undefined || metadata.lang === language)
    .map((cell, i) => courseCell(cell, i, `${name}.ts`));
  const ids = cells.flatMap(({ metadata }) => metadata.nbgrader?.grade_id ?? []);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw new Error(`${name}.ts has two cells named "${twice}".`);
  setLanguage(cells, language, name);
  return {
    cells,
    metadata: {
      kernelspec: source.metadata.kernelspec,
      language_info: { name: 'typescript', file_extension: '.ts', mimetype: 'text/typescript' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

function courseCell({ cell_type, metadata, source }, i, file) {
  const nbgrader = nbgraderOf(metadata, cell_type, file);
  const others = Object.entries(metadata).filter(([key]) => !MARKS.includes(key));
  return {
    cell_type,
    id: nbgrader?.grade_id ?? `cell-${i + 1}`,
    metadata: { ...Object.fromEntries(others), ...(nbgrader && { nbgrader }) },
    ...(cell_type === 'code' && { execution_count: null, outputs: [] }),
    source: textOf({ source }),
  };
}

/** What nbgrader is told of a cell: an autograded answer, its tests, an answer graded by hand, a fixed cell. */
function nbgraderOf({ solution, tests, answer, locked, points }, cellType, file) {
  const id = solution ?? tests ?? answer ?? locked;
  if (id === undefined) return undefined;
  const isGraded = tests !== undefined || answer !== undefined;
  if (isGraded !== (typeof points === 'number'))
    throw new Error(
      `${file}: cell "${id}" ${isGraded ? 'needs points=N' : 'is not graded, and has no points'}.`,
    );
  if (cellType !== 'code' && answer === undefined && locked === undefined)
    throw new Error(`${file}: cell "${id}" has to be a code cell.`);
  return {
    grade: isGraded,
    grade_id: id,
    locked: tests !== undefined || locked !== undefined,
    ...(isGraded && { points }),
    schema_version: 3,
    solution: solution !== undefined || answer !== undefined,
    task: false,
  };
}

const LANGUAGE_LINE = /^language\('en'\);$/m;

/** The one line by which checks know in which language to answer. */
function setLanguage(cells, language, name) {
  const those = cells.filter(
    (cell) => cell.cell_type === 'code' && LANGUAGE_LINE.test(cell.source),
  );
  if (those.length !== 1)
    throw new Error(`${name}.ts needs one line "language('en');", and has ${those.length}.`);
  const [cell] = those;
  cell.source = cell.source.replace(LANGUAGE_LINE, `language('${language}');`);
}

/** The text of a cell, which files have in lines too. */
export function textOf({ source }) {
  return [source].flat().join('');
}

const DELIMITER = /^.*\b(?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS)\b.*\n?/gm;

/** The reference solution: the source without its delimiters. */
export function solutionOf(notebook) {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: cell.source.replace(DELIMITER, '').trimEnd(),
  }));
  return { ...notebook, cells };
}
