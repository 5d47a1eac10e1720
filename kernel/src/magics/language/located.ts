import type { Magic } from './declare';
import { locateMagics, TYPESCRIPT, type MagicLine } from '../../magic-lines/locate';
import type { MagicTable } from './magic-table';

/** A magic as it stands in a cell, with its declaration if the table has one of its name. */
export interface LocatedMagic extends MagicLine {
  readonly magic: Magic | undefined;
}

/** The magics of a cell, each read as its declaration says; `cursor` is where the user types. */
export function magicsIn(table: MagicTable, code: string, cursor?: number): LocatedMagic[] {
  return locateMagics(
    code,
    (name) => table.find(name) !== undefined,
    cursor,
    (name) => table.find(name)?.syntax ?? TYPESCRIPT,
  ).map((line) => ({ ...line, magic: table.find(line.name) }));
}

/** The magic in which `offset` is, the name being typed included. */
export function magicAtOffset(
  table: MagicTable,
  code: string,
  offset: number,
): LocatedMagic | undefined {
  return magicsIn(table, code, offset).find(({ start, end }) => offset > start && offset <= end);
}
