import { z } from 'zod';
import { claimVerdict } from './claim-verdict';

/** The name of the format of a column's parts. */
export const COLUMN_SCHEMA = 'halfnote-verdicts/1';

/** What one study said on one machine: `notebooks/research/verdicts/<machine>/<study>.json`. */
export const columnPart = z.strictObject({
  schema: z.literal(COLUMN_SCHEMA),
  study: z.string(),
  /** SHA-256 of the notebook's cells, as in its report. */
  notebookHash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  date: z.iso.date(),
  machine: z.strictObject({
    cpu: z.string(),
    threads: z.int(),
    memoryBytes: z.int(),
    gpus: z.array(z.string()),
    os: z.string(),
  }),
  /** By package. */
  versions: z.record(z.string(), z.string()),
  /** Of the machine before the study ran, that of the study before it too: what is far above the threads is of others. */
  loadAverage: z.number().min(0),
  verdicts: z.array(claimVerdict).min(1),
});

export type ColumnPart = z.infer<typeof columnPart>;

/** Of one machine, what all its studies said. */
export interface Column {
  /** The folder's name: `amd-epyc-2-threads`. */
  readonly machine: string;
  readonly parts: readonly ColumnPart[];
}

/** The folder of a machine's column, from what its report says of it. */
export function machineSlug({ cpu, threads, gpus }: ColumnPart['machine']): string {
  const words = [...gpus.slice(0, 1), cpu, `${threads} threads`].join(' ').toLowerCase();
  return words
    .replace(/\((r|tm|c)\)/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
