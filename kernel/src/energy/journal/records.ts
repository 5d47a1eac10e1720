import { z } from 'zod';
import { energyDevice, windowFigures } from '../../payloads/carbon-report';
import { decoded } from '../../payloads/wire';
import type { WindowEnergy } from '../window';

/** What a journal holds. The schema's version changes with what a reader of an older one can't take. */
export const JOURNAL_SCHEMA = 'halfnote-journal/1';

const part = z.object({
  ...energyDevice.shape,
  method: z.enum(['counter', 'integrated power', 'modelled']),
  userIdleJ: z.nullable(decoded).exactOptional(),
  step: z.object({ lengthS: decoded, energyJ: decoded }).exactOptional(),
});

/** A {@link WindowEnergy} that comes from a file. */
export const windowEnergy = z.object({
  ...windowFigures.shape,
  parts: z.array(part),
}) satisfies z.ZodType<WindowEnergy>;

const header = z.object({
  kind: z.literal('header'),
  schema: z.literal(JOURNAL_SCHEMA),
  /** Of Halfnote. */
  version: z.string(),
  node: z.string(),
  process: z.object({
    pid: z.int(),
    /** In clock ticks since the boot; tells a process from a later one with its number. */
    startTicks: z.int().nullable(),
    bootId: z.string().nullable(),
  }),
  host: z.object({
    os: z.string(),
    arch: z.string(),
    cpu: z.string(),
    threads: z.int(),
    memoryBytes: z.int(),
  }),
});

const window = z.object({
  kind: z.literal('window'),
  window: windowEnergy,
  /** The execute request, and the number of the cell, that the window belongs to. */
  requestId: z.string().exactOptional(),
  executionCount: z.int().exactOptional(),
}) satisfies z.ZodType<WindowRecord>;

/** Records that couldn't be written when they were due. */
const lost = z.object({ kind: z.literal('lost'), records: z.int().min(1), reason: z.string() });

/** The session was ended in order: nothing after this line is missing. */
const end = z.object({ kind: z.literal('end') });

export const journalRecord = z.discriminatedUnion('kind', [header, window, lost, end]);

export type JournalHeader = z.output<typeof header>;
/** An ended window, and the cell that it belongs to. */
export interface WindowRecord {
  readonly kind: 'window';
  readonly window: WindowEnergy;
  readonly requestId?: string;
  readonly executionCount?: number;
}
export type LostRecord = z.output<typeof lost>;
export type JournalRecord = JournalHeader | WindowRecord | LostRecord | z.output<typeof end>;
