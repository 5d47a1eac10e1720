import { firstLine } from '../../errors';
import type { Reading } from './meter';

/** What a meter throws when it can't be read, and why. What it counted before isn't lost: it is in `last`. */
export class MeterFailure extends Error {
  constructor(
    /** The joules of the last good reading, with this failure among the gaps. */
    readonly last: Reading,
    cause: unknown,
  ) {
    super(firstLine(cause), { cause });
    this.name = 'MeterFailure';
  }
}
