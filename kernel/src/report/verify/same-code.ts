import { cellName } from '../cell-name';
import { notebookHash, type ReportedCell } from '../identity/cells';
import { sha256 } from '../../hashing/canonical';
import type { Report } from '../schema';

/** Cells of a notebook that aren't those of the report, in words; empty when it is the same notebook. */
export function otherCells({ identity }: Report, cells: readonly ReportedCell[]): string[] {
  const code = cells.filter(({ type }) => type === 'code');
  const found = identity.cells.flatMap(({ index, hash }) => {
    const cell = code.find((candidate) => candidate.index === index);
    if (cell === undefined) return [`${cellName(index)} is missing`];
    return sha256(cell.source) === hash ? [] : [`${cellName(index)} has other code`];
  });
  const known = new Set(identity.cells.map(({ index }) => index));
  const more = code.filter(({ index }) => !known.has(index));
  const all = [...found, ...more.map(({ index }) => `${cellName(index)} isn't in the report`)];
  if (all.length > 0 || notebookHash(cells) === identity.notebook.hash) return all;
  return ['text between the code cells has changed'];
}

/** Inputs that aren't those of the report, in words. */
export function otherInputs({ identity }: Report, inputs: Report['identity']['inputs']): string[] {
  return identity.inputs.flatMap(({ name, hash }) => {
    const found = inputs.find((input) => input.name === name);
    if (found === undefined) return [`the input ${name} is missing`];
    return found.hash === hash ? [] : [`the input ${name} has other content`];
  });
}
