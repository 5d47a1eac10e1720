import { bytes, percent } from '../../display/units';
import type { Verdict } from '../../display/verdict';
import { counted } from '../../display/words';
import type { KvCacheSize, KvDimensions } from './size';

/** What the cache takes in the first format, and in the smallest, by formula. */
export function kvCacheVerdict(
  { sequence, batch }: Required<KvDimensions>,
  rows: readonly { readonly name: string; readonly size: KvCacheSize }[],
): Verdict {
  const [first] = rows;
  if (first === undefined) return { sentence: 'No format was asked for.', tone: 'caution' };
  const least = rows.reduce((a, b) => (b.size.totalBytes < a.size.totalBytes ? b : a));
  const extent = `${counted(sequence, 'token')}${batch === 1 ? '' : ` of ${counted(batch, 'sequence')}`}`;
  const taken = `The keys and values of ${extent} take ${bytes(first.size.totalBytes)} in ${first.name}`;
  const isLess = least.size.totalBytes < first.size.totalBytes;
  return {
    sentence: isLess
      ? `${taken}; ${least.name} takes ${percent(least.size.totalBytes / first.size.totalBytes)} of it, ${bytes(least.size.totalBytes)}.`
      : `${taken}${rows.length === 1 ? '' : ', and no format here takes less'}.`,
    tone: isLess || rows.length === 1 ? 'good' : 'caution',
  };
}
