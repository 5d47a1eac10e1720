import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { notes, stacked, staticBundle } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, bytes, percent, significant } from '../../display/units';
import { howFound, verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import { cacheName } from '../kv-cache/name';
import type { KvCacheComparisonResult, KvCacheRow } from './result';
import { predictionVerdict } from './verdict';

const COLUMNS: readonly Column[] = [
  { header: 'Cache' },
  { header: 'Execution', align: 'left' },
  { header: 'Formula', group: 'Keys and values' },
  { header: 'Measured', group: 'Keys and values' },
  { header: 'of fp32', group: 'Keys and values' },
  { header: 'Perplexity', group: 'Held-out text' },
  { header: 'Same top token', group: 'Held-out text' },
  { header: 'KL, nats', group: 'Held-out text' },
  { header: 'Tokens/s, measured' },
];

/** What {@link compareKvCache} found. Shows itself as a table. */
export class KvCacheComparison implements Displayable {
  constructor(readonly result: KvCacheComparisonResult) {}

  /** The row of a format's name, or undefined. */
  row(name: string): KvCacheRow | undefined {
    return this.result.rows.find(({ cache }) => cacheName(cache) === name);
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { result } = this;
    const caption = `KV caches of ${result.model}: ${result.windows} sequences of ${result.length} tokens`;
    const isTimed = hasSpeeds(result);
    const columns = isTimed ? COLUMNS : COLUMNS.slice(0, -1);
    const rows = result.rows.map((row) => cells(row, result).slice(0, columns.length));
    const compared = result.rows
      .filter(({ formula }) => formula !== null)
      .map(({ cache, measuredBytes, perplexity, agreement }) => ({
        name: cacheName(cache),
        share: measuredBytes / result.fp32Bytes,
        perplexity,
        agreement,
      }));
    const harm = result.rows.map(({ divergence }) => divergence);
    const rank = harm.map((_, i) => i).sort((a, b) => (harm[b] ?? 0) - (harm[a] ?? 0));
    return staticBundle(
      stacked(
        verdict(predictionVerdict(compared, 'the keys and values')),
        worstFirst(columns, rows, rank, {
          what: 'caches',
          order: 'farthest from fp32 first',
          caption,
        }),
        notes(remarks(result).slice(0, READ)),
        howFound(remarks(result).slice(READ)),
      ),
    );
  }

  toString(): string {
    return String(this[JUPYTER_DISPLAY]()['text/plain']);
  }
}

/** Remarks that change how figures are read; the others are how they were found. */
const READ = 1;

function cells(row: KvCacheRow, { storage, fp32Bytes }: KvCacheComparisonResult): Row {
  const { cache, formula, measuredBytes, perplexity, agreement, divergence, tokensPerSecond } = row;
  return [
    cacheName(cache),
    cache === 'none' || cache === 'fp32'
      ? storage === 'native'
        ? 'native'
        : 'simulated'
      : 'storage only',
    formula === null ? ABSENT : bytes(formula.totalBytes),
    formula === null ? ABSENT : bytes(measuredBytes),
    formula === null ? ABSENT : percent(measuredBytes / fp32Bytes),
    perplexity.toFixed(3),
    percent(agreement),
    significant(divergence, 2),
    tokensPerSecond === null ? ABSENT : significant(tokensPerSecond),
  ];
}

function hasSpeeds({ rows }: KvCacheComparisonResult): boolean {
  return rows.some(({ tokensPerSecond }) => tokensPerSecond !== null);
}

function remarks(result: KvCacheComparisonResult): string[] {
  const { rows, storage, length } = result;
  const isTimed = hasSpeeds(result);
  const narrow = rows.filter(({ cache }) => cache !== 'none' && cache !== 'fp32');
  const different = rows.filter(
    ({ formula, measuredBytes }) => formula && formula.totalBytes !== measuredBytes,
  );
  return [
    ...(narrow.length === 0
      ? []
      : [
          `Storage only: keys and values are kept in the format, in ${storage === 'native' ? 'native memory of its true width' : 'typed arrays'}, and widened to fp32 before each product, so memory is saved but no arithmetic.${isTimed ? ' Their tokens/s are those of this implementation, and no claim about hardware that multiplies in the format.' : ''}`,
        ]),
    different.length === 0
      ? 'Measured: the bytes of the tensors that the caches really hold after the last token. They are as the formula says.'
      : `Measured bytes differ from the formula for ${different.map(({ cache }) => cacheName(cache)).join(', ')}.`,
    'While a layer attends, its own keys and values are also there in fp32; that passes, and is in neither figure.',
    `Perplexity, likeliest token and KL against fp32: the text goes in token by token, and each sees the earlier ones through the cache.${isTimed ? ` Tokens/s: one sequence of ${length}, greedy, the best of three runs in turn.` : ''}`,
  ];
}
