import { locateMagics, TYPESCRIPT, type MagicLine } from './locate';
import { findMagic } from '../table';

/** The magics of a cell, each read as its declaration says; `cursor` is where the user types. */
export function magicsIn(code: string, cursor?: number): MagicLine[] {
  return locateMagics(
    code,
    (name) => findMagic(name) !== undefined,
    cursor,
    (name) => findMagic(name)?.syntax ?? TYPESCRIPT,
  );
}
