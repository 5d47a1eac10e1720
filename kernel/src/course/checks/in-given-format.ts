import type { FormatId } from '../../formats/table';
import type { Comparison } from '../comparison';
import { inFormat } from '../comparisons';

/** Numbers of the format that the call's first argument names, the same in each bit. */
export const inGivenFormat: Comparison = (expected, got, args) =>
  inFormat(args[0] as FormatId)(expected, got, args);
