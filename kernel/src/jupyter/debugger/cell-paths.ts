import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { murmur2 } from './murmur2';

/** What a front end makes the path of a cell's code of. No file has to be there. */
export interface CellPathRule {
  readonly hashMethod: 'Murmur2';
  readonly hashSeed: number;
  readonly tmpFilePrefix: string;
  readonly tmpFileSuffix: string;
}

const SEED = 0xc70f6907;

/** `pid` is the kernel's: by another folder, front ends know that a kernel was started anew. */
export function cellPathRule(pid = process.pid): CellPathRule {
  return {
    hashMethod: 'Murmur2',
    hashSeed: SEED,
    tmpFilePrefix: join(tmpdir(), `halfnote_${pid}`) + sep,
    tmpFileSuffix: '.ts',
  };
}

/** The path of a cell, by its code as the user wrote it. */
export function cellPath(code: string, rule: CellPathRule): string {
  return rule.tmpFilePrefix + String(murmur2(code, rule.hashSeed)) + rule.tmpFileSuffix;
}
