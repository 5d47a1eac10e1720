import { textOf } from '../../scripts/course/cells.mjs';

/**
 * What students hand in: the release with the cells of solutions filled in.
 *
 * - `right`: the reference solution.
 * - `blank`: the release as it is.
 * - `wrong`: every function gives null.
 * - `endless`: one function never ends.
 * - `type-error`: one cell has a type error.
 *
 * - `broken`: both of these, in two functions.
 *
 * What breaks is the function on which the fewest points hang.
 * @param source the notebook of the source, with its delimiters
 * @param release what students are given
 * @returns {{notebook: object, points: Record<string, number | null>}} with the points that each graded cell
 *   should get; null for those that are graded by hand
 */
export function submission(kind, source, release) {
  const solutions = new Map(
    source.cells
      .filter(({ metadata }) => metadata.nbgrader?.solution)
      .map((cell) => [cell.metadata.nbgrader.grade_id, textOf(cell)]),
  );
  const breaks = breaksOf(kind, source);
  const lost = new Set(breaks.flatMap((broken) => [...broken.lost.keys()]));
  const endless = breaks.find(({ how }) => how === 'endless');
  const cells = release.cells
    .filter((cell) => endless === undefined || !isCheckOf(cell, endless.names))
    .map((cell) => {
      const id = cell.metadata.nbgrader?.grade_id;
      const whole = solutions.get(id);
      if (whole === undefined || kind === 'blank') return cell;
      const how = kind === 'wrong' ? kind : breaks.find((broken) => broken.id === id)?.how;
      return { ...cell, source: filled(how ?? 'right', whole, cell) };
    });
  const points = Object.fromEntries(
    graded(source).map(({ id, points, byHand }) => [
      id,
      pointsFor(kind, byHand, lost.has(id) ? 0 : points),
    ]),
  );
  return { notebook: { ...release, cells }, points };
}

/** nbgrader takes an answer that nobody touched for none. */
function pointsFor(kind, byHand, points) {
  if (kind === 'blank') return 0;
  if (byHand) return null;
  return kind === 'wrong' ? 0 : points;
}

/** The graded cells of a notebook. */
export function graded({ cells }) {
  return cells.flatMap(({ metadata: { nbgrader } }) =>
    nbgrader?.grade
      ? [{ id: nbgrader.grade_id, points: nbgrader.points, byHand: nbgrader.solution }]
      : [],
  );
}

function filled(how, whole, { cell_type }) {
  if (cell_type === 'markdown' || how === 'right') return withoutDelimiters(whole);
  return withRegions(whole, (indent, inner) => {
    switch (how) {
      case 'wrong':
        return indent === '' ? "throw new Error('wrong');" : `${indent}return null as never;`;
      case 'endless':
        return `${indent}for (;;) {}`;
      case 'type-error':
        // Within the function: the kernel keeps what no error reaches.
        return `${indent}const notANumber: number = 'text';\n${inner.trimEnd()}`;
    }
  });
}

const REGION = /^([ \t]*)[^\n]*BEGIN SOLUTION[^\n]*\n([\s\S]*?)^[^\n]*END SOLUTION[^\n]*(?:\n|$)/gm;

function withRegions(text, replaced) {
  return text.replace(REGION, (_, indent, inner) => `${replaced(indent, inner)}\n`).trimEnd();
}

function withoutDelimiters(text) {
  return text.replace(REGION, (_, _indent, inner) => inner).trimEnd();
}

/** Which functions break, and how. */
function breaksOf(kind, source) {
  if (['right', 'blank', 'wrong'].includes(kind)) return [];
  const [first, ...others] = functionsOf(source);
  if (kind !== 'broken') return [{ ...first, how: kind }];
  const second = others.find(({ lost }) => [...lost.keys()].every((id) => !first.lost.has(id)));
  if (second === undefined) throw new Error('There are no two functions that stand apart.');
  return [
    { ...first, how: 'endless' },
    { ...second, how: 'type-error' },
  ];
}

/** The functions to be written, the one on which the fewest points hang first. */
function functionsOf(source) {
  const found = source.cells
    .filter((cell) => cell.cell_type === 'code' && cell.metadata.nbgrader?.solution)
    .filter((cell) => /^[ \t]+.*BEGIN SOLUTION/m.test(textOf(cell)))
    .map((cell) => breaking(source, cell))
    .filter(({ cost }) => cost > 0)
    .sort((a, b) => a.cost - b.cost);
  if (found.length === 0) throw new Error('No function of this assignment gives points.');
  return found;
}

/** What fails when a cell does: whatever names what it declares, and what is declared there. */
function breaking({ cells }, cell) {
  const names = new Set(declared(textOf(cell)));
  const lost = new Map();
  for (const other of cells.filter(({ cell_type }) => cell_type === 'code')) {
    if (other === cell || ![...names].some((name) => mentions(textOf(other), name))) continue;
    const { nbgrader } = other.metadata;
    if (nbgrader?.grade) lost.set(nbgrader.grade_id, nbgrader.points);
    else for (const name of declared(textOf(other))) names.add(name);
  }
  const cost = [...lost.values()].reduce((sum, points) => sum + points, 0);
  return { id: cell.metadata.nbgrader.grade_id, names, lost, cost };
}

const DECLARED = /^(?:(?:async\s+)?function\*?|const|let|class)\s+(\w+)/gm;

function declared(text) {
  return [...text.matchAll(DECLARED)].map(([, name]) => name);
}

function mentions(text, name) {
  return new RegExp(`\\b${name}\\b`).test(text);
}

/** A cell that only shows what is wrong: without it an endless loop is waited for once. */
function isCheckOf(cell, names) {
  const text = textOf(cell);
  return (
    /^(?:await )?check(?:Async)?\(/.test(text) && [...names].some((name) => mentions(text, name))
  );
}
