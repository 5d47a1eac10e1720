import { textOf } from '../../scripts/course/cells.mjs';
import { STUBS } from '../../scripts/course/config.mjs';

/** Between the delimiters of a solution or of hidden tests. */
const SECRET =
  /BEGIN (SOLUTION|HIDDEN TESTS)[^\n]*\n([\s\S]*?)\n[^\n]*END (?:SOLUTION|HIDDEN TESTS)/g;

/** What of a release students should not see, and what it lacks that they need. */
export function releaseProblems(source, release) {
  const text = release.cells.map(textOf).join('\n');
  const given = source.cells.map((cell) => textOf(cell).replace(SECRET, '')).join('\n');
  const secrets = source.cells.flatMap((cell) =>
    [...textOf(cell).matchAll(SECRET)].map(([, kind, inner]) => ({ kind, inner })),
  );
  const visible = secrets
    .flatMap(({ inner }) => inner.split('\n'))
    .map((line) => line.trim())
    // Short lines stand elsewhere too, and others in what students are given to start from.
    .filter((line) => line.length > 25 && text.includes(line) && !given.includes(line));
  const solutions = secrets.filter(({ kind }) => kind === 'SOLUTION').length;
  const stubs = Object.values(STUBS)
    .flatMap(Object.values)
    .reduce((count, stub) => count + text.split(stub).length - 1, 0);
  const outputs = release.cells.filter(({ outputs }) => outputs?.length > 0);
  return [
    ...(secrets.length === 0 ? ['its source has neither solutions nor hidden tests'] : []),
    ...(/(?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS)/.test(text) ? ['a delimiter is in it'] : []),
    ...visible.map((line) => `it shows "${line}"`),
    ...(stubs === solutions ? [] : [`it has ${stubs} stubs for ${solutions} solutions`]),
    ...(outputs.length === 0 ? [] : [`${outputs.length} cells have outputs`]),
  ];
}
