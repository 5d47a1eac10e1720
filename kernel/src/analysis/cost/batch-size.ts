import { HalfnoteError } from '../../errors';

/** @throws HalfnoteError `invalid-batch-size` */
export function checkBatchSize(batchSize: number): number {
  if (Number.isSafeInteger(batchSize) && batchSize >= 1) return batchSize;
  throw new HalfnoteError(
    'invalid-batch-size',
    `batchSize is ${batchSize}; allowed are whole numbers from 1.`,
  );
}
