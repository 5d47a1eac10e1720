import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { notes, stacked, viewBundle } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, bytes, percent, significant } from '../../display/units';
import { howFound, verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import { MIME } from '../../payloads/mime-types';
import { cacheName } from './name';
import { KV_FORMATS, type KvCacheOptions, type KvFormat } from './layout';
import { kvCachePayload } from './payload';
import { kvCacheSize, type KvCacheSize, type KvDimensions } from './size';
import { kvCacheVerdict } from './verdict';

const COLUMNS: readonly Column[] = [
  { header: 'Format' },
  { header: 'Keys and values' },
  { header: 'Scales' },
  { header: 'Newest in fp32' },
  { header: 'Total' },
  { header: 'of fp32' },
  { header: 'Per token' },
  { header: 'Bits a value' },
];

export interface KvCacheRow {
  readonly name: string;
  readonly cache: KvFormat | KvCacheOptions;
  readonly size: KvCacheSize;
}

const STORAGE = 'Storage: whether a format also computes faster is another question.';

/** What caches of several formats take by formula. Shows itself as a table. */
export class KvCacheTable implements Displayable {
  constructor(
    readonly dimensions: Required<KvDimensions>,
    readonly rows: readonly KvCacheRow[],
    /** How the dimensions were found. */
    readonly remarks: readonly string[] = [],
  ) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    const { layers, heads, kvHeads, headDim, sequence, batch } = this.dimensions;
    const sharing =
      kvHeads === heads ? `${heads} heads` : `${heads} heads on ${kvHeads} of keys and values`;
    const caption = `KV cache by formula: ${layers} layers, ${sharing} of width ${headDim}, ${sequence} tokens, batch ${batch}`;
    const values = 2 * layers * kvHeads * headDim * sequence * batch;
    const shown = COLUMNS.map(
      (_, i) => i !== 3 || this.rows.some(({ size }) => size.residualBytes > 0),
    );
    const visible = <T>(all: readonly T[]): T[] => all.filter((_, i) => shown[i]);
    const columns = visible(COLUMNS);
    const rows = this.rows.map(({ name, size }) => visible(cells(name, size, values)));
    const methods = [
      `2 x ${layers} layers x ${kvHeads} heads of keys and values x ${headDim} x ${sequence} tokens x batch ${batch} = ${values.toLocaleString('en')} values, times the bytes of one. Integer formats add fp16 scales, and a byte for the zero point where they are asymmetric; MX formats a byte for each 32 values of a head, NF4 an fp32 scale for each 64.`,
      ...this.remarks,
    ];
    const totals = this.rows.map(({ size }) => size.totalBytes);
    const rank = totals.map((_, i) => i).sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0));
    const shownRows = stacked(
      verdict(kvCacheVerdict(this.dimensions, this.rows)),
      worstFirst(columns, rows, rank, { what: 'formats', order: 'most bytes first', caption }),
      notes([STORAGE]),
      howFound(methods),
    );
    const remarks = [...methods, STORAGE];
    return viewBundle(MIME.kvCache, kvCachePayload(this, caption, remarks), shownRows);
  }

  toString(): string {
    return String(this[JUPYTER_DISPLAY]()['text/plain']);
  }
}

/**
 * The sizes of KV caches by formula, format by format.
 * @throws HalfnoteError as {@link kvCacheSize}.
 */
export function kvCacheTableOf(
  dimensions: Required<KvDimensions>,
  formats: readonly (KvFormat | KvCacheOptions)[] = KV_FORMATS,
  remarks: readonly string[] = [],
): KvCacheTable {
  const rows = formats.map((cache) => ({
    name: cacheName(cache),
    cache,
    size: kvCacheSize({
      ...dimensions,
      ...(typeof cache === 'string' ? { format: cache } : cache),
    }),
  }));
  return new KvCacheTable(dimensions, rows, remarks);
}

function cells(name: string, size: KvCacheSize, values: number): Row {
  const { valueBytes, scaleBytes, residualBytes, totalBytes, bytesPerToken } = size;
  const shown = (count: number): string => (count === 0 ? ABSENT : bytes(count));
  return [
    name,
    bytes(valueBytes),
    shown(scaleBytes),
    shown(residualBytes),
    bytes(totalBytes),
    percent(totalBytes / (4 * values)),
    bytes(Math.round(bytesPerToken)),
    significant((8 * totalBytes) / values),
  ];
}
